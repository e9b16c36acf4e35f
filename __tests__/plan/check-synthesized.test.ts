// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are expressions of Terraform's.
import { synthesizedProblems } from "../../plan/check-synthesized";
import { everyTarget, STRATEGIES } from "../stacks/strategies";
import { synthesize } from "../synthesis";

const KMS = "arn:aws:kms:eu-central-1:111111111111:key/12345678-1234-1234-1234-123456789012";
const backend = { bucket: "metronome-state-111111111111", kmsKeyId: KMS };

describe.each(STRATEGIES)("%s", (_, strategy) => {
  test("all that the app synthesizes for AWS is allowed", () => {
    const stacks = Object.entries(synthesize({ dev: everyTarget(strategy, { backend, tags: { Team: "a" } }) }));
    expect(stacks.map(([id]) => id)).toContain("metronome-dev");
    expect(stacks.map(([id, { json }]) => [id, synthesizedProblems(json)])).toEqual(stacks.map(([id]) => [id, []]));
  });
});

type Mutable = Record<string, Record<string, Record<string, unknown>>>;
const clean = synthesize({ dev: everyTarget({ kind: "sfn-loop" }) })["metronome-dev"]?.text as string;

/** The problems of the stack after a change. */
function after(change: (stack: Mutable) => void): string[] {
  const stack = JSON.parse(clean) as Mutable;
  change(stack);
  return synthesizedProblems(stack);
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
    ["another provider", set("provider", "null", [{}]), "provider.null"],
    [
      "a provider of somebody else's by the same name",
      (stack: Mutable) => Object.assign(stack.terraform?.required_providers as object, { aws: { source: "evil/aws" } }),
      "terraform.required_providers.aws (evil/aws)",
    ],
    [
      "a provider's own address",
      set("provider", "aws", [{ endpoints: [{ sts: "http://x" }] }]),
      "provider.aws.endpoints",
    ],
    ["a provider's own role", set("provider", "aws", { assume_role: [{}] }), "provider.aws.assume_role"],
    ["another backend", set("terraform", "backend", { http: { address: "http://x" } }), "terraform.backend.http"],
    ["a backend's own profile", set("terraform", "backend", { s3: { profile: "x" } }), "terraform.backend.s3.profile"],
    ["HCP Terraform", set("terraform", "cloud", {}), "terraform.cloud"],
    ["a command", add("resource", "aws_sqs_queue", { provisioner: [{ "local-exec": {} }] }), "runs commands"],
    [
      "a file in an argument",
      add("resource", "aws_sqs_queue", { name: '${file("/proc/self/environ")}' }),
      "reads files",
    ],
    ["a file in a key", add("resource", "aws_sqs_queue", { tags: { '${filebase64("/x")}': "a" } }), "reads files"],
    [
      "a file in what looks like a comment",
      add("resource", "aws_sqs_queue", { tags: { "//": '${file("/x")}' } }),
      "reads files",
    ],
    ["a file in an output", set("output", "x", { value: '%{ if fileexists("/x") }a%{ endif }' }), "reads files"],
    ["a template file", add("resource", "aws_sqs_queue", { name: '${upper(templatefile("/x", {}))}' }), "reads files"],
    ["a comment in a call", add("resource", "aws_sqs_queue", { name: '${file /* */ ("/x")}' }), "reads files"],
    ["an absolute path", add("data", "archive_file", { source_dir: "/etc" }), "leads outside"],
    ["a path upwards", add("data", "archive_file", { source_file: "assets/../../../x" }), "leads outside"],
    ["a path upwards in a block", add("data", "archive_file", { source: [{ filename: "../x" }] }), "leads outside"],
    ["the directory of Terraform", add("data", "archive_file", { source_dir: "${path.root}/.." }), "leads outside"],
  ])("%s", (_, change, named) => {
    expect(after(change).join("\n")).toContain(named);
  });
});

test("a text that only names a file, and names that begin like the functions, are allowed", () => {
  const names = ["profile(x)", "file(x)", "${aws_sqs_queue.file.name}", "${aws_sqs_queue.my-file.arn}/files"];
  for (const name of names) expect([name, after(add("resource", "aws_sqs_queue", { name }))]).toEqual([name, []]);
});
