import { planDifferences } from "../../../cli/terraform/same-plan";
import { clock } from "./clocks";
import { create, destroy, planJson, update } from "./plan-json";

const PLAN = {
  resources: [create("aws_sqs_queue.failures"), update("aws_lambda_function.iterator"), destroy("aws_sns_topic.old")],
  clock: [clock(), clock({ tracing: true })] as const,
};

test("a plan is the same as itself, in whatever order its keys and its resources come", () => {
  const reordered = JSON.parse(JSON.stringify(planJson({ ...PLAN, resources: [...PLAN.resources].reverse() })));
  expect(planDifferences(planJson(PLAN), reordered)).toEqual([]);
});

test("what stays as it is, and what drifted, make no difference", () => {
  const same = { address: "aws_iam_role.a", actions: ["no-op"] };
  const more = planJson({ ...PLAN, resources: [...PLAN.resources, same], drift: [update("aws_iam_role.a")] });
  expect(planDifferences(planJson(PLAN), more)).toEqual([]);
});

test.each([
  [
    "another value",
    {
      resources: [
        { ...update("aws_lambda_function.iterator"), after: { payload: "EVIL" } },
        ...PLAN.resources.filter((_, k) => k !== 1),
      ],
    },
    ["aws_lambda_function.iterator"],
  ],
  [
    "another thing before",
    {
      resources: [
        { ...update("aws_lambda_function.iterator"), before: { memory: 1 } },
        ...PLAN.resources.filter((_, k) => k !== 1),
      ],
    },
    ["aws_lambda_function.iterator"],
  ],
  [
    "another action",
    { resources: [destroy("aws_sqs_queue.failures"), ...PLAN.resources.slice(1)] },
    ["aws_sqs_queue.failures"],
  ],
  [
    "one more, one less",
    { resources: [...PLAN.resources.slice(1), create("null_resource.evil")] },
    ["aws_sqs_queue.failures", "null_resource.evil"],
  ],
  ["an output", { clock: [clock(), clock({ region: "us-east-1" })] as const }, ["output.clock"]],
])("%s is told", (_what, fields, addresses) => {
  expect(planDifferences(planJson(PLAN), planJson({ ...PLAN, ...fields }))).toEqual(addresses);
});

test("what is no plan has no steps", () => {
  expect(planDifferences({}, planJson(PLAN))).toHaveLength(4);
});
