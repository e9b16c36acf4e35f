import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf, type PlanSteps } from "../../../cli/terraform/plan-steps";
import { checkReviewed, RefusedPlan, readReviewed, stepsText } from "../../../cli/terraform/reviewed-plan";

const sha = (digit: string) => digit.repeat(64);
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const PLAN: PlanSteps = {
  environment: "prod",
  state: { serial: 12, lineage: "a" },
  steps: { "aws_sqs_queue.failures": sha("1"), "data.archive_file.iterator": sha("2") },
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reviewed-"));
  writeFileSync(join(directory, "steps.json"), stepsText(PLAN, COMMIT));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const reviewed = () => readReviewed(directory, "prod");
const check = (fresh: Partial<PlanSteps>, commit = COMMIT) => checkReviewed(reviewed(), { ...PLAN, ...fresh }, commit);

test("the plan that was reviewed is accepted, by its directory and by its digest, at another commit too", () => {
  expect(() => check({})).not.toThrow();
  expect(() => check({}, "no commit")).not.toThrow();
  expect(() => checkReviewed({ digest: digestOf(PLAN) }, PLAN, COMMIT)).not.toThrow();
});

test("another plan is refused: the steps that differ are named, and the commits", () => {
  const fresh = { steps: { ...PLAN.steps, "data.archive_file.iterator": sha("3"), "output.clock": sha("4") } };
  const refused = () => check(fresh, "fedcba9876543210fedcba9876543210fedcba98-dirty");
  expect(refused).toThrow(RefusedPlan);
  expect(refused).toThrow(
    'The plan of "prod" is not the reviewed one: data.archive_file.iterator, output.clock; planned at commit 0123456789ab, this checkout is at fedcba987654-dirty. Nothing was applied.',
  );
});

test("the commits are left out if both plans are of one", () => {
  expect(() => check({ steps: { ...PLAN.steps, "output.clock": sha("4") } })).toThrow(
    'The plan of "prod" is not the reviewed one: output.clock. Nothing was applied.',
  );
});

test("of many steps that differ some are named, and the rest are counted", () => {
  const steps = Object.fromEntries(Array.from({ length: 9 }, (_, k) => [`aws_sqs_queue.q${k}`, sha("5")]));
  expect(() => check({ steps: { ...PLAN.steps, ...steps } })).toThrow(/q0, .*q4 and 4 more\. Nothing/);
});

test.each<[PlanSteps["state"], string]>([
  [{ serial: 14, lineage: "a" }, "planned at serial 12 of the state, which is now at 14"],
  [{ serial: 12, lineage: "b" }, "it is another state (its lineage differs)"],
  [null, "planned at serial 12 of the state, which is gone now"],
])("a plan of a state that is now %p is refused", (state, message) => {
  expect(() => check({ state })).toThrow(message);
});

test("a first plan that has been applied is refused", () => {
  writeFileSync(join(directory, "steps.json"), stepsText({ ...PLAN, state: null }, COMMIT));
  expect(() => check({ state: { serial: 2, lineage: "a" } })).toThrow(
    "planned before there was a state, which is now at 2",
  );
});

test("by the digest alone, both digests are in the message", () => {
  const fresh = { ...PLAN, state: null };
  expect(() => checkReviewed({ digest: sha("a") }, fresh, COMMIT)).toThrow(
    `its digest is ${digestOf(fresh)}, and ${sha("a")} was reviewed`,
  );
  for (const digest of ["", digestOf(PLAN).slice(0, 12), digestOf(PLAN).toUpperCase()]) {
    expect(() => checkReviewed({ digest }, PLAN, COMMIT)).toThrow(RefusedPlan);
  }
});

test("a plan of another environment is refused, with the command that deploys it", () => {
  expect(() => readReviewed(directory, "dev")).toThrow(/a plan of "prod", not of "dev".*npm run deploy -- prod --plan/);
});

test("steps that were altered are refused", () => {
  const altered = JSON.parse(stepsText(PLAN, COMMIT));
  altered.steps["aws_sqs_queue.failures"] = sha("6");
  writeFileSync(join(directory, "steps.json"), JSON.stringify(altered));
  expect(reviewed).toThrow("was altered");
});

test.each([
  ["no JSON", "{"],
  ["another shape", JSON.stringify({ digest: sha("1") })],
  ["a field more", JSON.stringify({ ...JSON.parse(stepsText(PLAN, COMMIT)), extra: 1 })],
  ["a digest that is too short", JSON.stringify({ ...JSON.parse(stepsText(PLAN, COMMIT)), digest: "1" })],
])("%s is no plan", (_, text) => {
  writeFileSync(join(directory, "steps.json"), text);
  expect(reviewed).toThrow(/has no plan to deploy.*npm run plan -- prod/);
});

test("a directory without a plan, as after an error, is refused", () => {
  rmSync(join(directory, "steps.json"));
  expect(reviewed).toThrow("has no plan to deploy");
});
