import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readPlan } from "../../../cli/terraform/read-plan";

interface Resource {
  readonly address: string;
  readonly type: string;
  readonly values: Record<string, unknown>;
}

interface Drift {
  readonly address: string;
  readonly type: string;
  readonly change: { actions: string[]; before: Record<string, unknown>; after: Record<string, unknown> | null };
}

interface Plan {
  readonly resource_drift: Drift[];
  readonly prior_state: { values: { root_module: { resources: Resource[] } } };
}

/** Of `plan -refresh-only` right after a first apply on the emulator; resources of four types. */
function firstRefresh(): Plan {
  return JSON.parse(readFileSync(join(__dirname, "outputs", "first-refresh.json"), "utf8"));
}

/** The drift in the recording with one resource of a type changed: types, and the attributes that differ. */
function driftAfter(type: string, change: (after: Record<string, unknown>, one: Drift, plan: Plan) => void) {
  const plan = firstRefresh();
  const one = plan.resource_drift.find((candidate) => candidate.type === type);
  if (!one?.change.after) throw new Error(`the recording has no ${type}`);
  change(one.change.after, one, plan);
  return readPlan(plan).drift.map((drifted) => [drifted.type, ...drifted.attributes]);
}

test("what the provider fills in after the first apply is no drift", () => {
  const types = firstRefresh().resource_drift.map(({ type }) => type);
  expect(types.sort()).toEqual(["aws_cloudwatch_event_rule", "aws_iam_role", "aws_lambda_function", "aws_sqs_queue"]);
  expect(readPlan(firstRefresh()).drift).toEqual([]);
});

test.each<[string, string, string, (after: Record<string, unknown>) => void]>([
  ["a rule that was disabled", "aws_cloudwatch_event_rule", "state", (after) => (after.state = "DISABLED")],
  ["a tag that was added", "aws_lambda_function", "tags", (after) => (after.tags = { by: "hand" })],
  [
    "an inline policy that was added",
    "aws_iam_role",
    "inline_policy",
    (after) => (after.inline_policy as object[]).push({ name: "more", policy: "{}" }),
  ],
])("%s is drift, and it alone", (_, type, attribute, change) => {
  expect(driftAfter(type, change)).toEqual([[type, attribute]]);
});

test.each([
  ["aws_iam_role", "aws_iam_role_policy"],
  ["aws_sqs_queue", "aws_sqs_queue_policy"],
])("a policy of an %s that was replaced is drift of the resource that has set it", (type, of) => {
  const drift = driftAfter(type, (after, _, plan) => {
    const written = plan.prior_state.values.root_module.resources.find(
      (one) => one.type === of && [after.name, after.url].includes((one.values.role ?? one.values.queue_url) as string),
    );
    if (!written) throw new Error(`the recording has no ${of}`);
    const replaced = '{"Statement":[]}';
    const { address, values } = written;
    plan.resource_drift.push({
      address,
      type: of,
      change: { actions: ["update"], before: { ...values }, after: { ...values, policy: replaced } },
    });
    values.policy = replaced;
    if (type === "aws_sqs_queue") after.policy = replaced;
    else Object.assign((after.inline_policy as object[])[0] as object, { policy: replaced });
  });
  expect(drift).toEqual([[of, "policy"]]);
});

test("policies that the stack attaches are no drift of the role and of the policy; one more is", () => {
  const arn = "arn:aws:iam::000000000000:policy/metronome-local-pacer-targets-1";
  const drift = (attached: readonly string[], count: number) => {
    const plan = firstRefresh();
    const role = plan.resource_drift.find(({ type }) => type === "aws_iam_role");
    if (!role?.change.after) throw new Error("the recording has no role");
    Object.assign(role.change.after, { managed_policy_arns: attached });
    const policy = { arn, name: "metronome-local-pacer-targets-1" };
    plan.resource_drift.push({
      address: "aws_iam_policy.one",
      type: "aws_iam_policy",
      change: {
        actions: ["update"],
        before: { ...policy, attachment_count: 0 },
        after: { ...policy, attachment_count: count },
      },
    });
    plan.prior_state.values.root_module.resources.push({
      address: "aws_iam_role_policy_attachment.one",
      type: "aws_iam_role_policy_attachment",
      values: { role: role.change.after.name, policy_arn: arn },
    });
    return readPlan(plan).drift.map((drifted) => [drifted.type, ...drifted.attributes]);
  };
  expect(drift([arn], 1)).toEqual([]);
  expect(drift([arn, "arn:aws:iam::aws:policy/AdministratorAccess"], 1)).toEqual([
    ["aws_iam_role", "managed_policy_arns"],
  ]);
  expect(drift([arn], 2)).toEqual([["aws_iam_policy", "attachment_count"]]);
});

test("a queue's policy that no resource has set is drift", () => {
  const drift = driftAfter("aws_sqs_queue", (_after, _one, plan) => {
    plan.prior_state.values.root_module.resources = [];
    plan.resource_drift.splice(
      0,
      plan.resource_drift.length,
      ...plan.resource_drift.filter(({ type }) => /sqs/.test(type)),
    );
  });
  expect(drift).toEqual([["aws_sqs_queue", "policy"]]);
});

test("a resource that is gone is drift", () => {
  const drift = driftAfter("aws_sqs_queue", (_, { change }) =>
    Object.assign(change, { actions: ["delete"], after: null }),
  );
  expect(drift).toEqual([["aws_sqs_queue"]]);
});
