import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOpenTofu, terraformProgram } from "../../../cli/terraform/binary";
import { Terraform } from "../../../cli/terraform/terraform";
import { WORK_DIR } from "../../../host/work-dir";
import { parsed } from "../../config/examples";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "binary-"));
});
afterEach(() => {
  rmSync(scratch, { recursive: true, force: true });
  for (const name of ["version", "state"])
    rmSync(join(WORK_DIR, "logs", `metronome-binary-test-${name}.log`), { force: true });
});

/** Puts a program on a PATH of its own. */
function put(name: string, ...lines: string[]): string {
  const bin = join(scratch, name);
  mkdirSync(bin);
  writeFileSync(join(bin, name), ["#!/bin/sh", ...lines].join("\n"));
  chmodSync(join(bin, name), 0o755);
  return bin;
}

const terraform = (env: Record<string, string>) =>
  new Terraform({ directory: scratch, access: { name: "binary-test", config: parsed(), env } });

test("Terraform is what TERRAFORM_BINARY_NAME names, as in cdktf; else what is on the PATH", () => {
  const [one, other] = [put("terraform"), put("tofu")];
  expect(terraformProgram({ PATH: `${one}:${other}` })).toBe("terraform");
  expect(terraformProgram({ PATH: `${one}:${other}`, TERRAFORM_BINARY_NAME: "tofu" })).toBe("tofu");
  expect(terraformProgram({ PATH: other })).toBe("tofu");
  expect(terraformProgram({ PATH: scratch, TERRAFORM_BINARY_NAME: "" })).toBe("terraform");
  expect(["tofu", "/opt/opentofu/tofu-1.10", "terraform", "/opt/tofu/terraform"].map(isOpenTofu)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("our own commands start the same program, without settings that would move the state", async () => {
  const bin = put("tofu", `env > ${scratch}/environment`, `echo '{"terraform_version":"1.10.10"}'`);
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    TERRAFORM_BINARY_NAME: "tofu",
    TF_WORKSPACE: "prod",
    TF_CLI_ARGS: "-x",
  };
  expect(await terraform(env).version()).toBe("1.10.10");
  expect(readFileSync(join(scratch, "environment"), "utf8")).not.toMatch(/TF_WORKSPACE|TF_CLI_ARGS/);
});

test.each([
  ["is not there", { TERRAFORM_BINARY_NAME: "tofu" }, "tofu is not on the PATH. TERRAFORM_BINARY_NAME names it."],
  ["is not installed", {}, "terraform is not on the PATH. Terraform 1.10 or later, or OpenTofu, is needed"],
])("if it %s, the message says so", async (_, variables, message) => {
  await expect(terraform({ PATH: scratch, ...variables }).version()).rejects.toThrow(message);
});

test("the wrapper of setup-terraform is named, with what to do", async () => {
  const bin = put("terraform", 'echo "[command]/opt/terraform-bin $*"', "echo '{\"serial\":1}'");
  const wrapped = terraform({ PATH: `${bin}:${process.env.PATH}` });
  const message =
    /^terraform version -json was to print JSON.*the wrapper of setup-terraform. Set terraform_wrapper: false/;
  await expect(wrapped.version()).rejects.toThrow(message);
  await expect(wrapped.stateVersion()).rejects.toThrow(/^terraform state pull was to print JSON.*the wrapper/);
});

test("OpenTofu is named by its own name", async () => {
  const bin = put("tofu", "echo no JSON");
  const tofu = terraform({ PATH: `${bin}:${process.env.PATH}`, TERRAFORM_BINARY_NAME: join(bin, "tofu") });
  await expect(tofu.stateVersion()).rejects.toThrow(/^tofu state pull was to print JSON, and printed "no JSON"/);
});
