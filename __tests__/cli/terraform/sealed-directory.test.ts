import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealDirectory, unsealDirectory } from "../../../cli/terraform/sealed-directory";

const KEY = "k".repeat(32);
let scratch: string;
const at = (...parts: string[]) => join(scratch, ...parts);
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "seal-"));
  mkdirSync(at("bundle", "assets", "a"), { recursive: true });
  writeFileSync(at("bundle", ".terraform.lock.hcl"), "# lock");
  writeFileSync(at("bundle", "plan.tfplan"), Buffer.from([0, 255, 10, 13]));
  writeFileSync(at("bundle", "assets", "a", "code.zip"), "PK");
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const contents = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .sort()
    .map((file) => {
      const path = join(directory, file);
      return [file, statSync(path).isFile() ? readFileSync(path, "hex") : "directory"];
    });

test("a bundle comes back whole, hidden files and directories too; only its owner may read the sealed file", () => {
  sealDirectory(at("bundle"), at("out", "plan.sealed"), KEY);
  unsealDirectory(at("out", "plan.sealed"), at("back"), KEY);
  expect(contents(at("back"))).toEqual(contents(at("bundle")));
  expect(contents(at("back")).map(([file]) => file)).toContain(".terraform.lock.hcl");
  expect(statSync(at("out", "plan.sealed")).mode & 0o777).toBe(0o600);
  expect(readdirSync(at("out"))).toEqual(["plan.sealed"]);
});

test("nothing is laid down from a file that was altered", () => {
  sealDirectory(at("bundle"), at("plan.sealed"), KEY);
  const altered = readFileSync(at("plan.sealed"));
  altered[altered.length - 40] = (altered[altered.length - 40] ?? 0) ^ 1;
  writeFileSync(at("plan.sealed"), altered);
  expect(() => unsealDirectory(at("plan.sealed"), at("back"), KEY)).toThrow(/the file was altered/);
  expect(existsSync(at("back"))).toBe(false);
});

test("a directory that is not there or empty is not sealed, and one with something in it not written to", () => {
  mkdirSync(at("empty"));
  for (const name of ["empty", "nowhere", "bundle/plan.tfplan"]) {
    expect(() => sealDirectory(at(name), at("plan.sealed"), KEY)).toThrow(/not a directory with a plan in it/);
  }
  expect(existsSync(at("plan.sealed"))).toBe(false);
  sealDirectory(at("bundle"), at("plan.sealed"), KEY);
  expect(() => unsealDirectory(at("plan.sealed"), at("bundle"), KEY)).toThrow(/holds something already/);
  expect(() => unsealDirectory(at("no.sealed"), at("back"), KEY)).toThrow(/download the sealed plan first/);
});
