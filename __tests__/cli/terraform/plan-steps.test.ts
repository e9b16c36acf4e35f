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

const provisioned = { from: "aws_sqs_queue.a", provisioner: [{ "local-exec": { when: "destroy", command: "x" } }] };

test.each<[string, object, string]>([
  ["a removed block with a provisioner", { removed: [provisioned] }, "removed"],
  ["a removed block", { removed: { from: "aws_sqs_queue.a", provisioner: { "local-exec": {} } } }, "removed.from"],
  ["a moved block", { moved: [{ from: "aws_sqs_queue.a", to: "aws_sqs_queue.b" }] }, "moved"],
  ["an import", { import: [{ to: "aws_sqs_queue.a", id: "x" }] }, "import"],
  ["a list of resources", { resource: [{ aws_sqs_queue: { a: { name: "x" } } }] }, "resource"],
  ["a list of a type", { resource: { aws_sqs_queue: [{ a: { name: "x" } }] } }, "resource.aws_sqs_queue"],
  ["a list of one resource", { resource: { aws_sqs_queue: { a: [{ name: "x" }] } } }, "aws_sqs_queue.a"],
  ["a list of data sources", { data: [{ external: { a: { program: ["sh"] } } }] }, "data"],
  ["a list of a data source's type", { data: { external: [{ a: { program: ["sh"] } }] } }, "data.external"],
  ["a list of settings", { terraform: [{ backend: { s3: { bucket: "c" } } }] }, "terraform"],
  ["a list of providers", { provider: [{ aws: { region: "us-east-1" } }] }, "provider"],
  ["a kind of block that a later Terraform knows", { action: "any" }, "action"],
  ["an empty block", { locals: {} }, "the configuration"],
])("%s is another step", (_what, blocks, name) => {
  const stepsWith = (added: object) => planSteps({ planJson: {}, configuration: added, providers: "" });
  expect(differingSteps(stepsWith({}), stepsWith(blocks))).toContain(name);
  const digest = (steps: Record<string, string>) => digestOf({ environment: "prod", state: null, steps });
  expect(digest(stepsWith(blocks))).not.toBe(digest(stepsWith({})));
});

test("a provisioner of a resource is another step", () => {
  const withProvisioner = changed((copy) => {
    Object.assign(copy.resource.aws_sqs_queue.failures, { provisioner: { "local-exec": { command: "x" } } });
  });
  expect(differing({}, withProvisioner)).toEqual(["aws_sqs_queue.failures"]);
});

test("a value that has the key of cdktf's notes is another step", () => {
  const tagged = changed((copy) => {
    Object.assign(copy.resource.aws_sqs_queue.failures, { tags: { "//": "x" } });
  });
  const untagged = changed((copy) => {
    Object.assign(copy.resource.aws_sqs_queue.failures, { tags: {} });
  });
  expect(differingSteps(stepsOf({}, tagged), stepsOf({}, untagged))).toEqual(["aws_sqs_queue.failures"]);
});

test("the configuration as a whole is named if nothing else differs", () => {
  const stepsWith = (configuration: object) => planSteps({ planJson: {}, configuration, providers: "" });
  // Both have the address `data.a.b`.
  const [one, other] = [1, 2].map((id) => stepsWith({ resource: { data: { "a.b": { id } } }, data: { a: { b: {} } } }));
  expect(differingSteps(one ?? {}, other ?? {})).toEqual(["the configuration"]);
});

/** The steps of the plan with more parts of Terraform's JSON. */
const stepsWith = (parts: object) => stepsOf({}, { planJson: { ...planJson(PLAN), ...parts } });
const dataValues = (values: object, address = "data.aws_arn.a") => ({
  prior_state: {
    values: {
      root_module: {
        resources: [{ address: "aws_sqs_queue.a", mode: "managed", values }],
        child_modules: [{ address: "module.a", resources: [{ address, mode: "data", values }] }],
      },
    },
  },
});
const moved = (previous_address: string) => ({
  resource_changes: [{ address: "aws_sqs_queue.b", previous_address, change: { actions: ["no-op"] } }],
});
const drifted = (policy: string, attribute: string) => ({
  resource_drift: [{ address: "aws_sqs_queue.a", change: { actions: ["update"], after: { policy, tags: {} } } }],
  relevant_attributes: [{ resource: "aws_sqs_queue.a", attribute: [attribute] }],
});

test.each<[string, object, object, string[]]>([
  ["another value of a data source", dataValues({ id: "1" }), dataValues({ id: "2" }), ["data.aws_arn.a"]],
  ["another variable", { variables: { a: { value: "1" } } }, { variables: { a: { value: "2" } } }, ["var.a"]],
  ["a resource that moves from elsewhere", moved("aws_sqs_queue.a"), moved("aws_sqs_queue.c"), ["aws_sqs_queue.b"]],
  ["what drifted and a change reads", drifted("1", "policy"), drifted("2", "policy"), ["drift of aws_sqs_queue.a"]],
  ["what drifted and no change reads", drifted("1", "tags"), drifted("2", "tags"), []],
])("%s: another step", (_what, one, other, names) => {
  expect(differingSteps(stepsWith(one), stepsWith(other))).toEqual(names);
});

test("a pure move is a step", () => {
  expect(differingSteps(stepsWith({ resource_changes: [] }), stepsWith(moved("aws_sqs_queue.a")))).toContain(
    "aws_sqs_queue.b",
  );
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
