import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { REGISTRY_HOST, terraformPlatform } from "../../../cli/providers/mirrors";
import {
  forgetOthers,
  type PrepareProvidersOptions,
  prepareProviders,
  registryProblem,
} from "../../../cli/providers/providers";
import { ARCHIVE_VERSION } from "../../../emulator/archive-stub";

const PLATFORM = terraformPlatform();

let scratch: string;
let env: Record<string, string>;
const inScratch = (...names: string[]) => path.join(scratch, ...names);
beforeEach(() => {
  scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "providers-")));
  env = { HOME: inScratch("home"), PATH: inScratch("bin"), XDG_DATA_DIRS: inScratch("share") };
  for (const directory of ["home", "opt"]) fs.mkdirSync(inScratch(directory));
});
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** Puts a provider release into a mirror. */
function release(mirror: string, version = "5.100.0", name = "aws", platform = PLATFORM): void {
  const directory = path.join(mirror, REGISTRY_HOST, "hashicorp", name, version, platform);
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(directory, `terraform-provider-${name}_v${version}_x5`), "");
}

/** A project whose archive stub is built by a `go` that only pretends. */
function project(): string {
  const sources = inScratch("project", "emulator", "archive-stub");
  fs.mkdirSync(sources, { recursive: true });
  fs.writeFileSync(path.join(sources, "main.go"), "package main\n");
  fs.mkdirSync(inScratch("bin"), { recursive: true });
  const script = '#!/bin/sh\n[ "$1" = version ] && exit 0\nwhile [ "$1" != -o ]; do shift; done\necho program > "$2"\n';
  fs.writeFileSync(inScratch("bin", "go"), script, { mode: 0o755 });
  return inScratch("project");
}

function prepare(changes: Partial<PrepareProvidersOptions> = {}) {
  return prepareProviders({
    projectDir: project(),
    workDir: inScratch("work"),
    env,
    awsConstraint: ">= 5.100.0, < 7",
    askRegistry: async () => "ENOTFOUND",
    mirrorsDir: inScratch("opt"),
    ...changes,
  });
}

/** The mirror that the written CLI configuration names first. */
async function mirrorInUse(changes: Partial<PrepareProvidersOptions> = {}): Promise<string | undefined> {
  const { env: variables } = await prepare(changes);
  return /path = "(.*)"/.exec(fs.readFileSync(String(variables.TF_CLI_CONFIG_FILE), "utf8"))?.[1];
}

describe("with a registry that answers", () => {
  const answering = { askRegistry: async () => undefined };

  it("Terraform stays as the user has set it up", async () => {
    env.METRONOME_PROVIDER_MIRROR = inScratch("named");
    const asTheUserSays = { CDKTF_SKIP_PROVIDER_LOCK: "true" };
    expect(await prepare(answering)).toMatchObject({ notes: [], env: asTheUserSays });
    env.TF_CLI_CONFIG_FILE = inScratch("my.tfrc");
    fs.writeFileSync(env.TF_CLI_CONFIG_FILE, 'plugin_cache_dir = "/cache"');
    expect((await prepare(answering)).env).toEqual(asTheUserSays);
    expect(fs.existsSync(inScratch("work"))).toBe(false);
  });

  it("another release means other providers, so that the lock file of the old one goes", async () => {
    const one = await prepare({ ...answering, awsConstraint: ">= 5.100.0, < 7" });
    const other = await prepare({ ...answering, awsConstraint: "5.100.0" });
    expect(one.fingerprint).not.toBe(other.fingerprint);
  });

  const exact = { ...answering, awsConstraint: "5.100.0" };
  it.each([
    ["aws", "6.25.0"],
    ["archive", "2.4.0"],
  ])(
    "an implied directory with another release of hashicorp/%s does not keep Terraform from it",
    async (name, version) => {
      release(inScratch("home", ".terraform.d", "plugins"), version, name);
      const { env: variables, notes } = await prepare(exact);
      expect(variables).toMatchObject({ TF_CLI_CONFIG_FILE: inScratch("work", "terraform.tfrc") });
      expect(fs.readFileSync(inScratch("work", "terraform.tfrc"), "utf8")).toBe(
        "provider_installation {\n  direct {}\n}\n",
      );
      expect(notes).toEqual([expect.stringContaining(inScratch("home", ".terraform.d", "plugins"))]);
    },
  );

  it("an implied directory with the release, and a configuration of the user's, stay as they are", async () => {
    const implied = inScratch("home", ".terraform.d", "plugins");
    release(implied);
    release(implied, ARCHIVE_VERSION, "archive");
    expect((await prepare(exact)).env).not.toHaveProperty("TF_CLI_CONFIG_FILE");
    fs.rmSync(implied, { recursive: true });
    release(implied, "6.25.0");
    fs.writeFileSync(inScratch("home", ".terraformrc"), "provider_installation {\n  direct {}\n}\n");
    expect((await prepare(exact)).env).not.toHaveProperty("TF_CLI_CONFIG_FILE");
  });

  it("Terraform does not warn of a TF_CLI_CONFIG_FILE that does not exist", async () => {
    env.TF_CLI_CONFIG_FILE = inScratch("missing");
    expect(await prepare(answering)).toMatchObject({ env: { TF_CLI_CONFIG_FILE: "" } });
  });
});

describe("without a registry", () => {
  const named = () => inScratch("named");

  it("takes the variable's directory, then Terraform's own, then one of /opt, and looks into nothing else", async () => {
    const implied = [
      inScratch("project", "terraform.d", "plugins"),
      inScratch("home", ".terraform.d", "plugins"),
      ...(process.platform === "linux"
        ? [inScratch("home", ".local", "share", "terraform", "plugins"), inScratch("share", "terraform", "plugins")]
        : []),
      inScratch("opt", "providers"),
    ];
    for (const directory of ["elsewhere", "opt", "opt/a/b"]) release(inScratch(directory));
    await expect(prepare()).rejects.toThrow("no filesystem mirror on this machine");
    for (const directory of [named(), ...implied]) release(directory);
    expect(await mirrorInUse({ env: { ...env, METRONOME_PROVIDER_MIRROR: named() } })).toBe(named());
    for (const directory of implied) {
      expect(await mirrorInUse()).toBe(directory);
      fs.rmSync(directory, { recursive: true });
    }
  });

  it("does not run programs from a directory of /opt that all users may write to", async () => {
    release(inScratch("opt", "providers"));
    fs.chmodSync(inScratch("opt", "providers", REGISTRY_HOST), 0o777);
    await expect(prepare()).rejects.toThrow("no filesystem mirror on this machine");
  });

  it("passes over a mirror whose versions do not fit", async () => {
    release(inScratch("home", ".terraform.d", "plugins"), "4.67.0");
    await expect(prepare()).rejects.toThrow("holds hashicorp/aws 4.67.0, and none of these fits");
    release(inScratch("opt", "providers"));
    expect(await mirrorInUse()).toBe(inScratch("opt", "providers"));
  });

  it("finds the newest version for this platform, unpacked or as a zip", async () => {
    for (const version of ["5.100.0", "6.9.0", "7.1.0"]) release(named(), version);
    release(named(), "6.99.0", "aws", "plan9_mips");
    const packed = path.join(named(), REGISTRY_HOST, "hashicorp", "aws");
    for (const file of [`aws_6.10.0_${PLATFORM}.zip`, "aws_6.11.0_plan9_mips.zip"]) {
      fs.writeFileSync(path.join(packed, `terraform-provider-${file}`), "");
    }
    // The variable may also name the directory registry.terraform.io itself.
    env.METRONOME_PROVIDER_MIRROR = path.join(named(), REGISTRY_HOST);
    expect((await prepare()).notes[0]).toBe(
      `registry.terraform.io does not answer (ENOTFOUND): Terraform takes hashicorp/aws 6.10.0 from the mirror ${named()}.`,
    );
    await expect(prepare({ awsConstraint: "~> 6.30" })).rejects.toThrow(
      /holds hashicorp\/aws 7\.1\.0, 6\.10\.0, 6\.9\.0, 5\.100\.0, and none of these fits "~> 6\.30"/,
    );
  });

  it("builds the archive stub if the mirror lacks the pinned archive provider, and says so", async () => {
    env.METRONOME_PROVIDER_MIRROR = named();
    release(named());
    release(named(), "0.0.1", "archive");
    const prepared = await prepare();
    expect(prepared).toMatchObject({
      notes: [
        expect.anything(),
        expect.stringMatching(/no hashicorp\/archive .* archive stub .* local environment only/),
      ],
      env: {
        TF_CLI_CONFIG_FILE: inScratch("work", "terraform.tfrc"),
        TF_PLUGIN_CACHE_DIR: "",
        CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
        CDKTF_SKIP_PROVIDER_LOCK: "true",
        METRONOME_ARCHIVE_STAND_IN: "local",
      },
    });
    expect(fs.readFileSync(inScratch("work", "terraform.tfrc"), "utf8")).toBe(`provider_installation {
  filesystem_mirror {
    path = "${named()}"
    exclude = ["registry.terraform.io/hashicorp/archive"]
  }
  filesystem_mirror {
    path = "${inScratch("work", "providers")}"
    include = ["registry.terraform.io/hashicorp/archive"]
  }
}
`);
    expect((await prepare()).fingerprint).toBe(prepared.fingerprint);
    release(named(), ARCHIVE_VERSION, "archive");
    const real = await prepare();
    expect(real.env).not.toHaveProperty("METRONOME_ARCHIVE_STAND_IN");
    expect(real.notes).toHaveLength(1);
    expect(real.fingerprint).not.toBe(prepared.fingerprint);
  });

  it("leaves Terraform to the provider_installation of the user's own CLI configuration, unless the variable is set", async () => {
    const file = inScratch("home", ".terraformrc");
    release(inScratch("opt", "providers"));
    fs.writeFileSync(file, '# provider_installation {}\nplugin_cache_dir = "/cache"\n');
    expect(await prepare()).toMatchObject({ fingerprint: expect.stringMatching(/^mirror/) });
    fs.writeFileSync(file, 'provider_installation {\n  network_mirror { url = "https://mirror.example/" }\n}\n');
    expect(await prepare()).toEqual({
      fingerprint: "user aws >= 5.100.0, < 7",
      notes: [expect.stringContaining(`Terraform takes providers as ${file} says.`)],
      env: { CDKTF_SKIP_PROVIDER_LOCK: "true" },
    });
    release(named());
    expect(await mirrorInUse({ env: { ...env, METRONOME_PROVIDER_MIRROR: named() } })).toBe(named());
  });

  it("says what to do if nothing holds the providers", async () => {
    await expect(prepare()).rejects.toThrow(
      /does not answer \(ENOTFOUND\), and no filesystem mirror.*terraform providers mirror.*METRONOME_PROVIDER_MIRROR/,
    );
    env.METRONOME_PROVIDER_MIRROR = inScratch("empty");
    release(inScratch("opt", "providers"));
    await expect(prepare()).rejects.toThrow(
      /METRONOME_PROVIDER_MIRROR is ".*\/empty", and .* holds no hashicorp\/aws for/,
    );
  });
});

describe("forgetOthers", () => {
  const stackDir = () => inScratch("stacks", "metronome-local");

  it("removes a lock file that other or unknown providers made, and keeps one that the same ones made", () => {
    const lockFile = path.join(stackDir(), ".terraform.lock.hcl");
    fs.mkdirSync(stackDir(), { recursive: true });
    for (const [fingerprint, kept] of [
      ["registry", false],
      ["registry", true],
      ["mirror", false],
    ] as const) {
      fs.writeFileSync(lockFile, "locked");
      forgetOthers(stackDir(), fingerprint);
      expect(fs.existsSync(lockFile)).toBe(kept);
    }
  });

  it("removes the notes of the backend and of a selected workspace, and nothing else of Terraform's", () => {
    const terraformDir = path.join(stackDir(), ".terraform");
    fs.mkdirSync(terraformDir, { recursive: true });
    for (const name of ["terraform.tfstate", "environment", "providers"]) {
      fs.writeFileSync(path.join(terraformDir, name), "");
    }
    forgetOthers(stackDir(), "registry");
    expect(fs.readdirSync(terraformDir)).toEqual(["providers"]);
  });
});

it("names platforms as Terraform does", () => {
  expect(terraformPlatform("linux", "x64")).toBe("linux_amd64");
  expect(terraformPlatform("darwin", "arm64")).toBe("darwin_arm64");
});

describe("for OpenTofu, whose registry is another", () => {
  const TOFU = "registry.opentofu.org/hashicorp";
  beforeEach(() => {
    env.TERRAFORM_BINARY_NAME = "tofu";
    env.METRONOME_PROVIDER_MIRROR = inScratch("named");
  });
  const linked = (name: string, version: string) => {
    const packages = inScratch("work", "providers-opentofu", TOFU, name, version, PLATFORM);
    return fs.readdirSync(packages);
  };

  it("a mirror of Terraform's registry serves by links, and so does the archive stub", async () => {
    release(inScratch("named"));
    expect(await mirrorInUse()).toBe(inScratch("work", "providers-opentofu"));
    expect(linked("aws", "5.100.0")).toEqual(["terraform-provider-aws_v5.100.0_x5"]);
    expect(linked("archive", ARCHIVE_VERSION)).toEqual([`terraform-provider-archive_v${ARCHIVE_VERSION}_x5`]);
    expect(fs.readFileSync(inScratch("work", "opentofu.tfrc"), "utf8")).not.toMatch(/exclude|include/);
  });

  it("a mirror of its own registry serves first", async () => {
    release(inScratch("named"), "5.100.0");
    const own = inScratch("named", TOFU, "aws", "6.25.0", PLATFORM);
    fs.mkdirSync(own, { recursive: true });
    fs.writeFileSync(path.join(own, "terraform-provider-aws"), "");
    await prepare();
    expect(linked("aws", "6.25.0")).toEqual(["terraform-provider-aws"]);
  });

  it("its own registry is asked", async () => {
    const asked: string[] = [];
    const get = (async (url: string) => {
      asked.push(url);
      return Response.error();
    }) as unknown as typeof fetch;
    await registryProblem(3000, get, "registry.opentofu.org");
    expect(asked).toEqual(["https://registry.opentofu.org/.well-known/terraform.json"]);
  });

  it("what was noted of Terraform's providers is forgotten", async () => {
    release(inScratch("named"));
    const { fingerprint } = await prepare();
    env.TERRAFORM_BINARY_NAME = "terraform";
    expect((await prepare()).fingerprint).not.toBe(fingerprint);
  });
});

describe("registryProblem", () => {
  const responding =
    (body: string, status = 200) =>
    async () =>
      new Response(body, { status });

  it("recognises the registry's discovery document", async () => {
    const get = jest.fn(responding('{"modules.v1":"/v1/modules/","providers.v1":"/v1/providers/"}'));
    expect(await registryProblem(3000, get)).toBeUndefined();
    expect(get).toHaveBeenCalledWith("https://registry.terraform.io/.well-known/terraform.json", expect.anything());
  });

  it.each([
    ["another document", responding("{}"), /not a registry's/],
    ["a page of something in between", responding("<html>"), /JSON/],
    ["an error", responding("", 503), /HTTP status 503/],
    [
      "no such host",
      async () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ENOTFOUND" } })),
      /^ENOTFOUND$/,
    ],
  ])("is not satisfied with %s", async (_, get, reason) => {
    expect(await registryProblem(3000, get)).toMatch(reason);
  });

  it("waits no longer than the limit", async () => {
    const silent = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      });
    expect(await registryProblem(20, silent)).toBe("no answer within 0.02 s");
  });
});
