import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { registryAnswers } from "../../../cli/providers/provider-choice";
import { REGISTRY_HOST, terraformPlatform } from "../../../cli/providers/provider-mirror";
import { type PrepareProvidersOptions, prepareProviders } from "../../../cli/providers/providers";

const platform = terraformPlatform(process.platform, process.arch);

let scratch: string;
let env: Record<string, string>;
beforeEach(() => {
  scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "providers-")));
  env = { HOME: path.join(scratch, "home"), PATH: path.join(scratch, "bin") };
  fs.mkdirSync(path.join(scratch, "home"));
});
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** Puts a provider release into a mirror. */
function release(mirror: string, name: string, version: string): void {
  const directory = path.join(mirror, REGISTRY_HOST, "hashicorp", name, version, platform);
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(directory, `terraform-provider-${name}_v${version}`), "");
}

/** A project whose stand-in a `go` that only pretends builds. */
function project(): string {
  const sources = path.join(scratch, "project", "emulator", "archive-stub");
  fs.mkdirSync(sources, { recursive: true });
  fs.writeFileSync(path.join(sources, "main.go"), "package main\n");
  fs.mkdirSync(path.join(scratch, "bin"), { recursive: true });
  const script = '#!/bin/sh\n[ "$1" = version ] && exit 0\nwhile [ "$1" != -o ]; do shift; done\necho program > "$2"\n';
  fs.writeFileSync(path.join(scratch, "bin", "go"), script, { mode: 0o755 });
  return path.join(scratch, "project");
}

function prepare(changes: Partial<PrepareProvidersOptions> = {}) {
  return prepareProviders({
    projectDir: project(),
    workDir: path.join(scratch, "work"),
    env,
    needs: { aws: ">= 5.100.0, < 7" },
    askRegistry: async () => ({ answers: false, reason: "ENOTFOUND" }),
    ...changes,
  });
}

const answering = { askRegistry: async () => ({ answers: true as const }) };

describe("prepareProviders with a registry", () => {
  it("leaves Terraform as the user has set it up", async () => {
    expect(await prepare(answering)).toEqual({ kind: "registry", fingerprint: "registry", notes: [], env: {} });
    env.TF_CLI_CONFIG_FILE = path.join(scratch, "my.tfrc");
    fs.writeFileSync(env.TF_CLI_CONFIG_FILE, 'plugin_cache_dir = "/cache"');
    expect(await prepare(answering)).toMatchObject({ env: {} });
    expect(fs.existsSync(path.join(scratch, "work"))).toBe(false);
  });

  it("keeps Terraform from warning of a TF_CLI_CONFIG_FILE that is not there", async () => {
    env.TF_CLI_CONFIG_FILE = path.join(scratch, "missing");
    expect(await prepare(answering)).toMatchObject({ env: { TF_CLI_CONFIG_FILE: "" } });
  });

  it("does not ask it when the user has decided", async () => {
    const askRegistry = jest.fn();
    env.METRONOME_PROVIDERS = "registry";
    expect(await prepare({ askRegistry })).toMatchObject({ kind: "registry" });
    expect(askRegistry).not.toHaveBeenCalled();
  });

  it("leaves a network mirror of the user's to Terraform, though the registry does not answer", async () => {
    const file = path.join(scratch, "home", ".terraformrc");
    fs.writeFileSync(file, 'provider_installation { network_mirror { url = "https://mirror.example/" } }');
    expect(await prepare()).toMatchObject({ kind: "registry", notes: [`Providers come from where ${file} says.`] });
  });
});

describe("prepareProviders with a mirror", () => {
  let mirror: string;
  beforeEach(() => {
    mirror = path.join(scratch, "mirror");
    env.METRONOME_PROVIDER_MIRROR = mirror;
    release(mirror, "aws", "5.100.0");
    release(mirror, "aws", "6.25.0");
    release(mirror, "aws", "7.1.0");
  });

  it("builds the stand-in where the mirror lacks the archive provider, and says so", async () => {
    const work = path.join(scratch, "work");
    const prepared = await prepare();
    expect(prepared).toMatchObject({
      kind: "mirror",
      mirrorDir: mirror,
      cliConfigFile: path.join(work, "terraform.tfrc"),
      awsVersions: ["6.25.0", "5.100.0"],
      archiveFrom: "stand-in",
      env: {
        TF_CLI_CONFIG_FILE: path.join(work, "terraform.tfrc"),
        TF_PLUGIN_CACHE_DIR: "",
        CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
        CHECKPOINT_DISABLE: "1",
        METRONOME_ARCHIVE_STAND_IN: "local",
      },
    });
    expect(prepared.notes).toEqual([
      `registry.terraform.io does not answer (ENOTFOUND): Terraform takes hashicorp/aws 6.25.0 from the mirror ${mirror} (METRONOME_PROVIDER_MIRROR).`,
      expect.stringMatching(/no hashicorp\/archive 2\.7\.1: the project's stand-in .* local environment only/),
    ]);
    const config = fs.readFileSync(path.join(work, "terraform.tfrc"), "utf8");
    expect(config).toContain(`path = "${mirror}"\n    exclude = ["registry.terraform.io/hashicorp/archive"]`);
    expect(config).toContain(`path = "${work}/providers"\n    include = ["registry.terraform.io/hashicorp/archive"]`);
  });

  it("uses the real archive provider where the mirror has the release", async () => {
    release(mirror, "archive", "2.8.1");
    expect(await prepare()).toMatchObject({ archiveFrom: "stand-in" });
    release(mirror, "archive", "2.7.1");
    const prepared = await prepare();
    expect(prepared).toMatchObject({ archiveFrom: "mirror" });
    expect(prepared.env).not.toHaveProperty("METRONOME_ARCHIVE_STAND_IN");
    expect(prepared.notes).toHaveLength(1);
  });

  it("has another fingerprint when the providers are others", async () => {
    const fingerprints = [(await prepare()).fingerprint, (await prepare()).fingerprint];
    expect(fingerprints[0]).toBe(fingerprints[1]);
    release(mirror, "archive", "2.7.1");
    expect((await prepare()).fingerprint).not.toBe(fingerprints[0]);
    expect((await prepare(answering)).fingerprint).toBe("registry");
  });

  it("does not ask the registry when the user wants the mirror", async () => {
    const askRegistry = jest.fn();
    env.METRONOME_PROVIDERS = "mirror";
    expect(await prepare({ askRegistry })).toMatchObject({ kind: "mirror" });
    expect(askRegistry).not.toHaveBeenCalled();
  });

  it("takes the filesystem mirror of the user's own CLI configuration", async () => {
    delete env.METRONOME_PROVIDER_MIRROR;
    fs.writeFileSync(
      path.join(scratch, "home", ".terraformrc"),
      `provider_installation { filesystem_mirror { path = "${mirror}" } }`,
    );
    expect(await prepare()).toMatchObject({ kind: "mirror", mirrorDir: mirror });
  });

  it("names the versions there are when none fits", async () => {
    await expect(prepare({ needs: { aws: "~> 6.30" } })).rejects.toThrow(
      /holds hashicorp\/aws 7\.1\.0, 6\.25\.0, 5\.100\.0, and none of these fits "~> 6\.30"/,
    );
  });
});

it("says what to do when there is neither a registry nor a mirror", async () => {
  const fileSystem = { list: () => [], isTrusted: () => true };
  await expect(prepare({ fileSystem })).rejects.toThrow(
    /does not answer \(ENOTFOUND\), and no filesystem mirror.*terraform providers mirror.*METRONOME_PROVIDER_MIRROR/,
  );
});

it("refuses an unknown choice, naming it", async () => {
  env.METRONOME_PROVIDERS = "both";
  await expect(prepare()).rejects.toThrow(/METRONOME_PROVIDERS is "both": write "registry" or "mirror"/);
});

describe("registryAnswers", () => {
  const responding =
    (body: string, status = 200) =>
    async () =>
      new Response(body, { status });

  it("recognises the registry's discovery document", async () => {
    const get = jest.fn(responding('{"modules.v1":"/v1/modules/","providers.v1":"/v1/providers/"}'));
    expect(await registryAnswers(3000, get)).toEqual({ answers: true });
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
    expect(await registryAnswers(3000, get)).toEqual({ answers: false, reason: expect.stringMatching(reason) });
  });

  it("waits no longer than it is told", async () => {
    const silent = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      });
    expect(await registryAnswers(20, silent)).toEqual({ answers: false, reason: "no answer within 0.02 s" });
  });
});
