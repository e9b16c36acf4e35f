import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withoutBookkeeping } from "../../../cli/terraform/bookkeeping";

interface Drift {
  readonly type: string;
  readonly change: { before: Record<string, unknown>; after: Record<string, unknown> | null };
}

/** Of `plan -refresh-only` right after a first apply on the emulator; resources of four types. */
function firstRefresh(): { resource_drift: Drift[] } {
  return JSON.parse(readFileSync(join(__dirname, "outputs", "first-refresh.json"), "utf8"));
}

function driftOf(json: unknown): Drift[] {
  return (withoutBookkeeping(json) as { resource_drift: Drift[] }).resource_drift;
}

/** The recording with one resource of a type changed. */
function changed(type: string, change: (after: Record<string, unknown>, one: Drift) => void): unknown {
  const json = firstRefresh();
  const one = json.resource_drift.find((candidate) => candidate.type === type);
  if (!one?.change.after) throw new Error(`the recording has no ${type}`);
  change(one.change.after, one);
  return json;
}

test("what the provider fills in after the first apply is no drift", () => {
  expect(
    firstRefresh()
      .resource_drift.map(({ type }) => type)
      .sort(),
  ).toEqual(["aws_cloudwatch_event_rule", "aws_iam_role", "aws_lambda_function", "aws_sqs_queue"]);
  expect(driftOf(firstRefresh())).toEqual([]);
});

test.each<[string, string, (after: Record<string, unknown>) => void]>([
  ["a rule that was disabled", "aws_cloudwatch_event_rule", (after) => Object.assign(after, { state: "DISABLED" })],
  ["a tag that was added", "aws_lambda_function", (after) => Object.assign(after, { tags: { by: "hand" } })],
  [
    "an inline policy that was added",
    "aws_iam_role",
    (after) => (after.inline_policy as object[]).push({ name: "more", policy: "{}" }),
  ],
  [
    "an inline policy that was widened",
    "aws_iam_role",
    (after) => Object.assign((after.inline_policy as object[])[0] as object, { policy: '{"Statement":[]}' }),
  ],
  ["a queue's policy that was replaced", "aws_sqs_queue", (after) => Object.assign(after, { policy: "{}" })],
])("%s is drift, and it alone", (_, type, change) => {
  const drift = driftOf(changed(type, change));
  expect(drift.map((one) => one.type)).toEqual([type]);
});

test("of a resource that drifted, only what drifted is left", () => {
  const [rule] = driftOf(changed("aws_cloudwatch_event_rule", (after) => Object.assign(after, { state: "DISABLED" })));
  const { before, after } = rule?.change ?? { before: {}, after: {} };
  expect(Object.keys(after ?? {}).filter((name) => after?.[name] !== before[name])).toEqual(["state"]);
});

test("a resource that is gone is drift", () => {
  const json = changed("aws_sqs_queue", (_, one) => {
    one.change.after = null;
  });
  expect(driftOf(json).map(({ type }) => type)).toEqual(["aws_sqs_queue"]);
});

test("a plan without drift stays as it is", () => {
  expect(withoutBookkeeping({ format_version: "1.2" })).toEqual({ format_version: "1.2" });
});
