import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { examine } from "../../../cli/doctor/doctor";
import { REGISTRY_HOST, terraformPlatform } from "../../../cli/providers/mirrors";
import { type PrepareProvidersOptions, prepareProviders } from "../../../cli/providers/providers";

const platform = terraformPlatform();
const AWS = ">= 5.100.0, < 7";

let scratch: string;
let mirror: string;
let env: Record<string, string>;
beforeEach(() => {
  scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "doctor-")));
  mirror = path.join(scratch, "mirror");
  env = { HOME: path.join(scratch, "home"), PATH: path.join(scratch, "bin") };
  for (const directory of ["home", "bin", "project"]) fs.mkdirSync(path.join(scratch, directory));
});
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** Puts a provider release into the mirror. */
function release(name: string, version: string): void {
  const directory = path.join(mirror, REGISTRY_HOST, "hashicorp", name, version, platform);
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(directory, `terraform-provider-${name}_v${version}`), "");
}

function installGo(): void {
  const script = "#!/bin/sh\necho go version go1.25.3 linux/amd64\n";
  fs.writeFileSync(path.join(scratch, "bin", "go"), script, { mode: 0o755 });
}

type Silent = Pick<PrepareProvidersOptions, "projectDir" | "askRegistry" | "mirrorsDir">;

function machine(changes: Partial<Silent> = {}): Silent {
  const askRegistry = async () => "ENOTFOUND";
  return { projectDir: path.join(scratch, "project"), mirrorsDir: path.join(scratch, "opt"), askRegistry, ...changes };
}

/** What the doctor says of providers and of Go, on a machine without a registry. */
async function providerFindings(changes: Partial<Silent> = {}) {
  const findings = await examine(env, AWS, machine(changes));
  expect(findings.map(({ name }) => name)).toEqual(expect.arrayContaining(["Node.js", "git", "AWS credentials"]));
  return findings.filter(({ name }) => ["Terraform providers", "Go"].includes(name));
}

/** The message with which prepareProviders fails on the same machine. */
async function refusal(changes: Partial<Silent> = {}): Promise<string> {
  const workDir = path.join(scratch, "work");
  const error = await prepareProviders({ ...machine(changes), workDir, env, awsConstraint: AWS }).then(
    () => new Error("it did not fail"),
    (reason: Error) => reason,
  );
  return error.message;
}

describe("the doctor finds the providers that prepareProviders takes", () => {
  test("the registry, if it answers", async () => {
    const askRegistry = async () => undefined;
    expect(await providerFindings({ askRegistry })).toEqual([
      { name: "Terraform providers", state: "ok", found: "registry.terraform.io answers" },
    ]);
  });

  test("a network mirror of the user's own CLI configuration", async () => {
    const file = path.join(scratch, "home", ".terraformrc");
    fs.writeFileSync(file, 'provider_installation { network_mirror { url = "https://mirror.example/" } }');
    expect(await providerFindings()).toMatchObject([{ state: "ok", found: expect.stringContaining(file) }]);
  });

  test("a mirror with hashicorp/archive needs no Go", async () => {
    env.METRONOME_PROVIDER_MIRROR = mirror;
    release("aws", "6.25.0");
    release("archive", "2.7.1");
    expect(await providerFindings()).toMatchObject([
      { state: "ok", found: expect.stringContaining(`hashicorp/aws 6.25.0 from the mirror ${mirror}`) },
    ]);
  });

  test("a mirror without it, or with another release of it, needs Go for the archive stub", async () => {
    env.METRONOME_PROVIDER_MIRROR = mirror;
    release("aws", "6.25.0");
    release("archive", "2.8.1");
    expect(await providerFindings()).toMatchObject([{ state: "ok" }, { name: "Go", state: "missing" }]);
    installGo();
    expect(await providerFindings()).toMatchObject([{ state: "ok" }, { name: "Go", state: "ok", found: "1.25.3" }]);
  });
});

describe("programs", () => {
  const finding = async (name: string) => (await examine(env, AWS, machine())).find((one) => one.name === name);
  const program = (name: string, ...lines: string[]) =>
    fs.writeFileSync(path.join(scratch, "bin", name), ["#!/bin/sh", ...lines].join("\n"), { mode: 0o755 });

  test("one that is not there, one that fails and one that prints something else are three messages", async () => {
    expect(await finding("Terraform")).toMatchObject({ state: "missing", found: "terraform is not on the PATH." });
    program("terraform", "echo 'no version set in .terraform-version' >&2", "exit 126");
    const failing = "terraform version ended with exit code 126: no version set in .terraform-version";
    expect(await finding("Terraform")).toMatchObject({ state: "missing", found: failing });
    program("terraform", "echo hello");
    const other = "terraform version printed no version: hello";
    expect(await finding("Terraform")).toMatchObject({ state: "missing", found: other });
    program("terraform", "echo Terraform v1.9.8");
    const old = "1.9.8, and 1.10.0 or later is needed";
    expect(await finding("Terraform")).toMatchObject({ state: "missing", found: old });
    program("terraform", "echo Terraform v1.11.4");
    expect(await finding("Terraform")).toEqual({ name: "Terraform", state: "ok", found: "1.11.4" });
  });

  test("OpenTofu is found by TERRAFORM_BINARY_NAME or alone on the PATH, and named", async () => {
    program("tofu", "echo OpenTofu v1.10.10");
    expect(await finding("OpenTofu")).toEqual({ name: "OpenTofu", state: "ok", found: "1.10.10 (tofu)" });
    program("terraform", "echo Terraform v1.11.4");
    expect(await finding("OpenTofu")).toBeUndefined();
    env.TERRAFORM_BINARY_NAME = "tofu";
    expect(await finding("OpenTofu")).toMatchObject({ found: "1.10.10 (tofu)" });
  });

  test("npx is one of them: cdktf starts the app with it", async () => {
    expect(await finding("npx")).toMatchObject({ state: "missing", found: "npx is not on the PATH." });
  });
});

describe("what prepareProviders fails with is a finding, and the others stay", () => {
  test("a mirror whose hashicorp/aws does not satisfy the constraint", async () => {
    env.METRONOME_PROVIDER_MIRROR = mirror;
    release("aws", "7.1.0");
    const found = await refusal();
    expect(found).toContain("none of these fits");
    expect(await providerFindings()).toEqual([{ name: "Terraform providers", state: "missing", found }]);
  });

  test("a METRONOME_PROVIDER_MIRROR that is not a mirror", async () => {
    env.METRONOME_PROVIDER_MIRROR = path.join(scratch, "nowhere");
    const found = await refusal();
    expect(found).toContain(`METRONOME_PROVIDER_MIRROR is "${scratch}/nowhere"`);
    expect(await providerFindings()).toEqual([{ name: "Terraform providers", state: "missing", found }]);
  });

  test("neither a registry nor a mirror", async () => {
    const found = await refusal();
    expect(found).toContain("does not answer (ENOTFOUND)");
    expect(await providerFindings()).toEqual([{ name: "Terraform providers", state: "missing", found }]);
  });
});
