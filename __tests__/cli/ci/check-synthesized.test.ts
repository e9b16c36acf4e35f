// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are expressions of Terraform's.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesizedProblems } from "../../../cli/ci/check-synthesized";
import { PROJECT_DIR } from "../../../host/work-dir";
import { UNWATCHED } from "../../config/examples";
import { CI } from "../../stacks/ci-roles";
import { everyTarget, STRATEGIES } from "../../stacks/strategies";
import { synthesize } from "../../synthesis";

const KMS = "arn:aws:kms:eu-central-1:111111111111:key/12345678-1234-1234-1234-123456789012";
const backend = { bucket: "metronome-state-111111111111", kmsKeyId: KMS };

describe.each(STRATEGIES)("%s", (_, strategy) => {
  test.each([
    ["without monitoring", { monitoring: UNWATCHED }],
    [
      "with monitoring",
      { monitoring: { metrics: "schedules" as const, alarms: true, dashboard: true, alarmEmail: "team@example.org" } },
    ],
  ])("all that the app synthesizes for AWS is allowed, %s", (_, monitoring) => {
    const fields = { backend, tags: { Team: "a" }, ci: CI, ...monitoring };
    const stacks = Object.entries(synthesize({ dev: everyTarget(strategy, fields) }));
    expect(stacks.map(([id]) => id).sort()).toEqual(["metronome-ci-dev", "metronome-dev", "metronome-state-dev"]);
    expect(stacks.map(([id, { text }]) => [id, synthesizedProblems(text)])).toEqual(stacks.map(([id]) => [id, []]));
  });
});

test("a clock that takes over from another is allowed", () => {
  const dev = everyTarget({ kind: "lambda-clock" }, { backend, retiring: { kind: "sfn-loop" } });
  expect(synthesizedProblems(synthesize({ dev })["metronome-dev"]?.text ?? "")).toEqual([]);
});

type Mutable = Record<string, Record<string, Record<string, unknown>>>;
const clean = synthesize({ dev: everyTarget({ kind: "sfn-loop" }) })["metronome-dev"]?.text as string;

/** The problems of the stack after a change. */
function after(change: (stack: Mutable) => void): string[] {
  const stack = JSON.parse(clean) as Mutable;
  change(stack);
  return synthesizedProblems(JSON.stringify(stack));
}

const add = (section: string, type: string, fields: object) => (stack: Mutable) => {
  stack[section] = { ...stack[section], [type]: { ...stack[section]?.[type], evil: fields } };
};
const set = (section: string, key: string, value: unknown) => (stack: Mutable) => {
  stack[section] = { ...stack[section], [key]: value } as Mutable[string];
};

describe("what could run a program or read the machine is refused:", () => {
  test.each([
    ["a program as a data source", add("data", "external", { program: ["sh"] }), "data.external"],
    ["a request to anywhere", add("data", "http", { url: "http://example.org" }), "data.http"],
    ["another state", add("data", "terraform_remote_state", { backend: "s3" }), "data.terraform_remote_state"],
    ["a resource of no provider", add("resource", "terraform_data", {}), "resource.terraform_data"],
    ["a module", add("module", "x", { source: "./x" }), "module"],
    ["locals", set("locals", "x", 1), "locals"],
    [
      "a resource destroyed by a block of its own",
      (stack: Mutable) =>
        Object.assign(stack, { removed: [{ from: "aws_s3_bucket.x", lifecycle: { destroy: true } }] }),
      "removed.lifecycle.destroy",
    ],
    ["another provider", set("provider", "null", [{}]), "provider.null"],
    [
      "another provider by the same name",
      (stack: Mutable) => Object.assign(stack.terraform?.required_providers as object, { aws: { source: "evil/aws" } }),
      "terraform.required_providers.aws (evil/aws)",
    ],
    [
      "a provider's own address",
      set("provider", "aws", [{ endpoints: [{ sts: "http://x" }] }]),
      "provider.aws.endpoints",
    ],
    ["a provider's own role", set("provider", "aws", [{ assume_role: [{}] }]), "provider.aws.assume_role"],
    ["another backend", set("terraform", "backend", { http: { address: "http://x" } }), "terraform.backend.http"],
    ["a backend's own profile", set("terraform", "backend", { s3: { profile: "x" } }), "terraform.backend.s3.profile"],
    ["HCP Terraform", set("terraform", "cloud", {}), "terraform.cloud"],
    ["a command", add("resource", "aws_sqs_queue", { provisioner: [{ "local-exec": {} }] }), "runs commands"],
    ["a file in an argument", add("resource", "aws_sqs_queue", { name: '${file("/proc/self/environ")}' }), "computes"],
    ["a file in a key", add("resource", "aws_sqs_queue", { tags: { '${filebase64("/x")}': "a" } }), "computes"],
    [
      "a file in what looks like a comment",
      add("resource", "aws_sqs_queue", { tags: { "//": '${file("/x")}' } }),
      "computes",
    ],
    ["a file in an output", set("output", "x", { value: '%{ if fileexists("/x") }a%{ endif }' }), "computes"],
    ["a template file", add("resource", "aws_sqs_queue", { name: '${upper(templatefile("/x", {}))}' }), "computes"],
    ["a comment in a call", add("resource", "aws_sqs_queue", { name: '${file /* */ ("/x")}' }), "computes"],
    ["an absolute path", add("data", "archive_file", { source_dir: "/etc" }), "leads outside"],
    ["a path upwards", add("data", "archive_file", { source_dir: "assets/../../../x" }), "leads outside"],
    ["a file of an archive's own", add("data", "archive_file", { source_file: "assets/x" }), "evil.source_file"],
    [
      "a path upwards in a block",
      add("resource", "aws_lambda_function", { x: [{ filename: "../x" }] }),
      "leads outside",
    ],
    ["a path in a template", add("data", "archive_file", { source_file: '${"/proc/self/environ"}' }), "source_file"],
    ["a directory in a template", add("data", "archive_file", { source_dir: '${"/proc/self"}' }), "leads outside"],
    ["a path in a template of a resource", add("resource", "aws_s3_object", { source: '${"/x"}' }), "leads outside"],
    [
      "a path in a directive",
      add("resource", "aws_s3_object", { source: "%{ if true }/x%{ endif }" }),
      "leads outside",
    ],
    [
      "a path by way of a resource",
      add("resource", "aws_lambda_function", { filename: "${aws_sqs_queue.x.name}" }),
      "leads outside",
    ],
    [
      "more than an archive's path",
      add("resource", "aws_lambda_function", { filename: "${data.archive_file.x.output_path}/../x" }),
      "leads outside",
    ],
    ["an absolute path of a resource", add("resource", "aws_s3_object", { source: "/etc/passwd" }), "leads outside"],
    ["a path in a list", add("resource", "aws_s3_object", { source: ["/etc/passwd"] }), "leads outside"],
    [
      "a zip over what Terraform keeps",
      add("data", "archive_file", { output_path: ".terraform/x.zip" }),
      "leads outside",
    ],
    [
      "a template in a template",
      add("resource", "aws_sqs_queue", { name: "${templatestring(aws_sqs_queue.x.name, {})}" }),
      "computes",
    ],
    ["a function by its namespace", add("resource", "aws_sqs_queue", { name: '${core::file("/x")}' }), "computes"],
    ["a function after what looks escaped", add("resource", "aws_sqs_queue", { name: '$$${file("/x")}' }), "computes"],
    [
      "what a directive writes",
      add("resource", "aws_sqs_queue", { name: '%{ if fileexists("/x") }%{ endif }' }),
      "computes",
    ],
    ["blocks that are made while planning", add("resource", "aws_sqs_queue", { dynamic: {} }), "evil.dynamic"],
    ["the directory of Terraform", add("data", "archive_file", { source_dir: "${path.root}/.." }), "leads outside"],
  ])("%s", (_, change, named) => {
    expect(after(change).join("\n")).toContain(named);
  });
});

describe("a list in place of a block, which Terraform reads as the block, is refused by name:", () => {
  const s3 = { bucket: "b", key: "k", region: "eu-central-1", endpoints: { s3: "https://evil.example" } };
  test.each([
    ["the stack", [{ data: {} }], "the stack (no block)"],
    ["terraform", { terraform: [{ backend: { s3 } }] }, "terraform (no block)"],
    ["terraform, for another backend", { terraform: [{ backend: { http: {} } }] }, "terraform (no block)"],
    ["backend", { terraform: { backend: [{ s3 }] } }, "terraform.backend (no block)"],
    ["s3", { terraform: { backend: { s3: [s3] } } }, "terraform.backend.s3 (no block)"],
    [
      "required_providers",
      { terraform: { required_providers: [{ aws: { source: "evil/aws" } }] } },
      "terraform.required_providers (no block)",
    ],
    [
      "a requirement",
      { terraform: { required_providers: { aws: [{ source: "evil/aws" }] } } },
      "required_providers.aws (no block)",
    ],
    ["data", { data: [{ external: { x: { program: ["sh", "-c", "env"] } } }] }, "data (no block)"],
    ["a type of data", { data: { archive_file: [{ x: { source_dir: "/etc" } }] } }, "data.archive_file (no block)"],
    ["data itself", { data: { archive_file: { x: [{ source_dir: "/etc" }] } } }, "data.archive_file.x (no block)"],
    [
      "resource",
      { resource: [{ null_resource: { x: { provisioner: [{ "local-exec": {} }] } } }] },
      "resource (no block)",
    ],
    [
      "a type of resource",
      { resource: { aws_sqs_queue: [{ x: { provisioner: [{ "local-exec": {} }] } }] } },
      "resource.aws_sqs_queue (no block)",
    ],
    [
      "a resource",
      { resource: { aws_sqs_queue: { x: [{ provisioner: {} }] } } },
      "resource.aws_sqs_queue.x (no block)",
    ],
    ["provider", { provider: [{ aws: { endpoints: [{ sts: "http://x" }] } }] }, "provider (no block)"],
    ["a provider in a list of lists", { provider: { aws: [[{ endpoints: [] }]] } }, "provider.aws (no block)"],
    ["output", { output: [{ x: { value: 1 } }] }, "output (no block)"],
  ])("%s", (_, stack, named) => {
    expect(synthesizedProblems(JSON.stringify(stack)).join("\n")).toContain(named);
  });

  test("also the whole of an attack", () => {
    const attack = { terraform: [{ backend: [{ s3 }] }], data: [{ external: { x: { program: ["sh"] } } }] };
    expect(synthesizedProblems(JSON.stringify(attack))).toHaveLength(2);
  });
});

test("a key that stands twice, of which a parser sees one and Terraform both, is refused", () => {
  const twice = (text: string) => synthesizedProblems(text).join("\n");
  expect(twice('{"data":{"external":{"x":{"program":["sh"]}}},"data":{}}')).toContain("has a key twice");
  expect(twice('{"data":{"external":{"x":{}}},"d\\u0061ta":{}}')).toContain("has a key twice");
  expect(twice('{"output":{"x":{"value":"\\":{\\"a\\":1}"}}}')).toBe("");
});

test("names of JavaScript's own are names like others: nothing hides behind them", () => {
  const evil = '{"provisioner":[{"local-exec":{}}]}';
  for (const [text, named] of [
    [`{"resource":{"aws_sqs_queue":{"__proto__":${evil}}}}`, "resource.aws_sqs_queue.__proto__"],
    [`{"resource":{"__proto__":{"x":${evil}}}}`, "resource.__proto__"],
    [`{"__proto__":{"x":1}}`, "__proto__"],
    [`{"constructor":{"x":1}}`, "constructor"],
    [`{"data":{"toString":{"x":{}}}}`, "data.toString"],
    [`{"resource":{"aws_sqs_queue":{"constructor":${evil}}}}`, "aws_sqs_queue.constructor.provisioner runs commands"],
  ] as const) {
    expect([named, synthesizedProblems(text).join("\n")]).toEqual([named, expect.stringContaining(named)]);
  }
});

test("what is no JSON is refused", () => {
  expect(synthesizedProblems("data {}").join()).toContain("the stack is no JSON");
});

test("a text that only names a file, and names that begin like the functions, are allowed", () => {
  const names = [
    "profile(x)",
    "file(x)",
    "${aws_sqs_queue.file.name}",
    "${aws_sqs_queue.my-file.arn}/files",
    '$${file("/x")}',
    "100 %%{x}",
  ];
  for (const name of names) expect([name, after(add("resource", "aws_sqs_queue", { name }))]).toEqual([name, []]);
});

test("the command refuses a link among the assets, and allows the stack without it", () => {
  const directory = mkdtempSync(join(tmpdir(), "synthesized-"));
  try {
    const stack = join(directory, "stacks", "metronome-dev");
    mkdirSync(join(stack, "assets", "x"), { recursive: true });
    writeFileSync(join(stack, "cdk.tf.json"), clean);
    const run = () => {
      const args = ["cli/metronome.mjs", "ci", "check-synthesized", directory, "dev"];
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: PROJECT_DIR, encoding: "utf8" });
      return { status, stderr };
    };
    expect(run()).toMatchObject({ status: 0 });
    symlinkSync("/proc/self/environ", join(stack, "assets", "x", "index.js"));
    expect(run()).toEqual({ status: 1, stderr: expect.stringContaining("assets/x/index.js is a link") });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
