import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { forgetBackend, forgetForeignLock } from "../../../cli/providers/provider-lock";

let stackDir: string;
beforeEach(() => {
  stackDir = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "provider-lock-")), "stacks", "metronome-local");
});
afterEach(() => fs.rmSync(path.dirname(path.dirname(stackDir)), { recursive: true, force: true }));

it("forgets a lock file that other providers made, and keeps one that the same ones made", () => {
  const lockFile = path.join(stackDir, ".terraform.lock.hcl");
  expect(forgetForeignLock(stackDir, "registry")).toBe(false);

  fs.writeFileSync(lockFile, "locked");
  expect(forgetForeignLock(stackDir, "registry")).toBe(false);
  expect(fs.existsSync(lockFile)).toBe(true);

  expect(forgetForeignLock(stackDir, "mirror")).toBe(true);
  expect(fs.existsSync(lockFile)).toBe(false);
});

it("forgets a lock file of unknown origin", () => {
  fs.mkdirSync(stackDir, { recursive: true });
  fs.writeFileSync(path.join(stackDir, ".terraform.lock.hcl"), "locked");
  expect(forgetForeignLock(stackDir, "mirror")).toBe(true);
});

it("forgets where the state was, and nothing else of Terraform's", () => {
  const terraformDir = path.join(stackDir, ".terraform");
  fs.mkdirSync(terraformDir, { recursive: true });
  for (const name of ["terraform.tfstate", "environment"]) fs.writeFileSync(path.join(terraformDir, name), "");
  forgetBackend(stackDir);
  expect(fs.readdirSync(terraformDir)).toEqual(["environment"]);
  forgetBackend(stackDir);
});
