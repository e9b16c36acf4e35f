import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { currentCommit } from "../../../cli/terraform/commit";
import { shownDirectory, writePlanFiles, writeWhole } from "../../../cli/terraform/plan-files";
import { readSummary } from "../../../cli/terraform/plan-section";
import { committedLock, useCommittedLock } from "../../../cli/terraform/provider-locks";
import { parsed } from "../../config/examples";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "plan-files-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a plan's directory is created, and a later plan leaves nothing of the earlier one", () => {
  const directory = join(root, "plans", "prod");
  writePlanFiles(directory, { summary: "{}", comment: "a", fullPlan: "a", steps: "{}" });
  expect(readdirSync(directory).sort()).toEqual(["plan.md", "plan.txt", "steps.json", "summary.json"]);
  writePlanFiles(directory, { summary: "{}", comment: "an error" });
  expect(readdirSync(directory).sort()).toEqual(["plan.md", "summary.json"]);
  expect(readFileSync(join(directory, "plan.md"), "utf8")).toBe("an error");
});

test("files of others in a plan's directory stay as they are", () => {
  writeFileSync(join(root, "letter.txt"), "kept");
  writePlanFiles(root, { comment: "a" });
  expect(readFileSync(join(root, "letter.txt"), "utf8")).toBe("kept");
});

test("a plan that could not be written cannot be deployed: the steps of the earlier one are gone", () => {
  writePlanFiles(root, { steps: "{}" });
  mkdirSync(join(root, "plan.md"));
  expect(() => writePlanFiles(root, { comment: "a", steps: "{}" })).toThrow();
  rmSync(join(root, "plan.md"), { recursive: true });
  expect(existsSync(join(root, "steps.json"))).toBe(false);
});

test("a file is written in one step, and leaves nothing beside it", () => {
  writeWhole(join(root, "new"), "drift.md", "text");
  expect(readdirSync(join(root, "new"))).toEqual(["drift.md"]);
});

test("a directory is shown as a command line in the project names it", () => {
  expect(shownDirectory("/project/plans/dev", "/project")).toBe("plans/dev");
  expect(shownDirectory("/tmp/plans", "/project")).toBe("/tmp/plans");
});

test("outside a git checkout there is no commit", () => {
  expect(currentCommit(root, process.env)).toBe("no commit");
});

describe("the lock file of the providers", () => {
  const prod = { name: "prod", config: parsed(), env: {} };
  const said: string[] = [];
  const say = (text: string) => said.push(text);

  test("that is committed is put in place, and is read-only", () => {
    const committed = join(root, "committed.hcl");
    writeFileSync(committed, "the lock");
    expect(useCommittedLock(prod, root, say, committed)).toBe(true);
    expect(readFileSync(join(root, ".terraform.lock.hcl"), "utf8")).toBe("the lock");
    const embedded = { ...prod, config: { ...prod.config, endpoint: "http://127.0.0.1:4566" } };
    expect(useCommittedLock(embedded, root, say, committed)).toBe(false);
    expect(said).toEqual([]);
  });

  test("that is not committed is asked for by the command that writes it", () => {
    expect(committedLock("metronome-prod", { PATH: root })).toMatch(/locks\/metronome-prod\.terraform\.lock\.hcl$/);
    expect(committedLock("metronome-prod", { TERRAFORM_BINARY_NAME: "tofu" })).toMatch(
      /metronome-prod\.tofu\.lock\.hcl$/,
    );
    expect(useCommittedLock(prod, root, say, join(root, "none.hcl"))).toBe(false);
    expect(said.join()).toContain("npx metronome lock prod");
  });

  test("that is not committed is demanded if workflows plan and deploy the environment", () => {
    const ci = { repository: "octo/clock", ownerId: "1", repositoryId: "2", branch: "main" };
    const withCi = { ...prod, config: { ...prod.config, ci } };
    expect(() => useCommittedLock(withCi, root, say, join(root, "none.hcl"))).toThrow(
      /^No lock file of the providers is committed for metronome-prod: .*none\.hcl does not exist\. "prod" has `ci`.*Run npx metronome lock prod, and commit the file\.$/,
    );
    const committed = join(root, "committed.hcl");
    writeFileSync(committed, "the lock");
    expect(useCommittedLock(withCi, root, say, committed)).toBe(true);
    const embedded = { ...withCi, config: { ...withCi.config, endpoint: "http://127.0.0.1:4566" } };
    expect(useCommittedLock(embedded, root, say, join(root, "none.hcl"))).toBe(false);
  });
});

test("a summary is read back; a directory without one is refused", () => {
  const section = {
    environment: "prod",
    commit: "no commit",
    digest: null,
    outcome: { kind: "error", message: "the state is locked" },
  };
  expect(() => readSummary(root)).toThrow("has no summary.json");
  writeFileSync(join(root, "summary.json"), JSON.stringify(section));
  expect(readSummary(root)).toEqual(section);
  writeFileSync(join(root, "summary.json"), JSON.stringify({ environment: "prod" }));
  expect(() => readSummary(root)).toThrow("that this version can read. Write it with: npm run plan");
});
