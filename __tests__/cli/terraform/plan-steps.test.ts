// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are expressions of Terraform's.

import fc from "fast-check";
import { canonicalJson } from "../../../cli/terraform/fingerprint";
import { differingSteps, digestOf, type PlanSources, planSteps } from "../../../cli/terraform/plan-steps";
import { clock } from "./clocks";
import { create, destroy, type PlanFields, planJson, update } from "./plan-json";

const PLAN: PlanFields = {
  resources: [create("aws_sqs_queue.failures"), update("aws_lambda_function.iterator"), destroy("aws_sns_topic.old")],
  clock: [clock(), clock({ tracing: true })],
};
const CONFIGURATION = {
  "//": { metadata: { version: "0.21.0" } },
  resource: {
    aws_sqs_queue: { failures: { "//": { metadata: { path: "a" } }, name: "failures" } },
    aws_iam_role_policy: { policy: { policy: "may invoke ${aws_lambda_function.iterator.arn}" } },
  },
  data: { archive_file: { iterator: { source_dir: "assets/iterator/1A2B" } } },
  provider: { aws: [{ region: "eu-central-1" }] },
  terraform: { backend: { s3: { bucket: "b" } } },
};

const stepsOf = (fields: PlanFields = {}, sources: Partial<PlanSources> = {}) =>
  planSteps({
    planJson: planJson({ ...PLAN, ...fields }),
    configuration: CONFIGURATION,
    providers: "lock",
    ...sources,
  });
const differing = (...changed: Parameters<typeof stepsOf>) => differingSteps(stepsOf(), stepsOf(...changed));
/** The configuration after a change. */
const changed = (change: (copy: typeof CONFIGURATION) => void) => {
  const copy = structuredClone(CONFIGURATION);
  change(copy);
  return { configuration: copy };
};
const others = PLAN.resources?.filter((_, k) => k !== 1) ?? [];

test("a plan is the same as itself, in any order of its keys and its resources", () => {
  expect(differing({ resources: [...(PLAN.resources ?? [])].reverse() })).toEqual([]);
  const reversed = Object.fromEntries(Object.entries(CONFIGURATION).reverse());
  expect(differing({}, { configuration: reversed })).toEqual([]);
});

test("what stays as it is, what drifted, and cdktf's own notes make no difference", () => {
  const same = { address: "aws_iam_role.a", actions: ["no-op"] };
  expect(differing({ resources: [...(PLAN.resources ?? []), same], drift: [update("aws_iam_role.a")] })).toEqual([]);
  const notes = changed((copy) => {
    copy["//"].metadata.version = "0.22.0";
    copy.resource.aws_sqs_queue.failures["//"].metadata.path = "b";
  });
  expect(differing({}, notes)).toEqual([]);
});

test.each<[string, PlanFields, string[]]>([
  [
    "another value",
    { resources: [{ ...update("aws_lambda_function.iterator"), after: { source_code_hash: "EVIL" } }, ...others] },
    ["aws_lambda_function.iterator"],
  ],
  [
    "another thing before",
    { resources: [{ ...update("aws_lambda_function.iterator"), before: { memory: 1 } }, ...others] },
    ["aws_lambda_function.iterator"],
  ],
  [
    "another action",
    { resources: [destroy("aws_sqs_queue.failures"), ...(PLAN.resources?.slice(1) ?? [])] },
    ["aws_sqs_queue.failures"],
  ],
  [
    "one more, one less",
    { resources: [...(PLAN.resources?.slice(1) ?? []), create("null_resource.evil")] },
    ["aws_sqs_queue.failures", "null_resource.evil"],
  ],
  ["an output", { clock: [clock(), clock({ region: "us-east-1" })] }, ["output.clock"]],
])("%s in the plan is another step", (_what, fields, names) => {
  expect(differing(fields)).toEqual(names);
});

test.each<[string, Partial<PlanSources>, string]>([
  [
    "an expression that is known only at the apply, in a resource that the plan's JSON shows unchanged",
    changed((copy) => {
      copy.resource.aws_iam_role_policy.policy.policy = "may do all";
    }),
    "aws_iam_role_policy.policy",
  ],
  [
    "a function's code",
    changed((copy) => {
      copy.data.archive_file.iterator.source_dir = "assets/iterator/3C4D";
    }),
    "data.archive_file.iterator",
  ],
  [
    "the provider's configuration",
    changed((copy) => {
      copy.provider.aws = [{ region: "us-east-1" }];
    }),
    "provider.aws",
  ],
  [
    "the backend",
    changed((copy) => {
      copy.terraform.backend.s3.bucket = "c";
    }),
    "terraform.backend",
  ],
  ["the providers' versions", { providers: "another lock" }, "the lock file of the providers"],
  ["Terraform's version", { planJson: { ...planJson(PLAN), terraform_version: "1.12.0" } }, "the version of Terraform"],
])("%s is another step", (_what, sources, name) => {
  expect(differing({}, sources)).toEqual([name]);
});

test("the digest is of the environment, the state and every step", () => {
  const plan = { environment: "prod", state: { serial: 12, lineage: "a" }, steps: stepsOf() };
  const digests = [
    plan,
    { ...plan, environment: "dev" },
    { ...plan, state: { serial: 13, lineage: "a" } },
    { ...plan, state: { serial: 12, lineage: "b" } },
    { ...plan, state: null },
    { ...plan, steps: stepsOf({ clock: undefined }) },
  ].map(digestOf);
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(digests).size).toBe(digests.length);
  expect(digestOf({ ...plan, steps: Object.fromEntries(Object.entries(plan.steps).reverse()) })).toBe(digests[0]);
});

test("no value of a plan can be read from its steps", () => {
  const secret = { ...update("aws_lambda_function.iterator"), after: { token: "cleartext" } };
  expect(JSON.stringify(stepsOf({ resources: [secret] }))).not.toContain("cleartext");
});

test("canonical JSON does not depend on the order of keys, and does on every value", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const turned = Object.fromEntries(Object.entries(object).reverse());
      expect(canonicalJson(turned)).toBe(canonicalJson(object));
      expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
    }),
  );
  expect(canonicalJson({ a: [1, 2] })).not.toBe(canonicalJson({ a: [2, 1] }));
});
