import { z } from "zod";

const AWS = ["aws", "hashicorp/aws", "registry.terraform.io/hashicorp/aws"];
const ARCHIVE = ["archive", "hashicorp/archive", "registry.terraform.io/hashicorp/archive"];
const BACKEND_ARGUMENTS = ["allowed_account_ids", "bucket", "encrypt", "key", "kms_key_id", "region", "use_lockfile"];

/** Names that cdktf gives: no dots, no expressions. */
const NAME = /^[A-Za-z_][\w-]*$/;

/** A lambda's directory, and the zip that it becomes beside the configuration: never what Terraform keeps there. */
const SOURCE_DIRECTORY = /^assets(\/[\w-]+)+$/;
const ZIP = /^[\w-]+\.zip$/;
const ZIP_OF_ARCHIVE = /^\$\{data\.archive_file\.[\w-]+\.output_path\}$/;

/** Arguments whose value the provider reads a file from. */
const PATHS = /^(source|source_dir|source_file|filename|output_path|package|template_file)$/;

/** All that these stacks' expressions are: a reference to a resource or an archive. No function, no `path`, no `%{`. */
const REFERENCE = /^(data\.archive_file|aws_\w+)\.[\w-]+(\.[\w-]+|\[\d+\])*$/;

const NOT_HERE = "is not what these stacks have, and is not planned with credentials before it is reviewed";
const LEADS_OUTSIDE = "leads outside of the stack";

/** A block without any other argument than these; Terraform's JSON allows a list in place of any block, cdktf writes none. */
const block = <T extends z.core.$ZodLooseShape>(shape: T) => z.strictObject(shape).partial();
const named = (name: RegExp, value: z.ZodType) => z.record(z.string().regex(name), value);

/** A text, number or boolean, or a list of them: no block. */
const plain = z
  .unknown()
  .refine((value) => ![value].flat().some((one) => typeof one === "object"), `(a block) ${NOT_HERE}`);
const matching = (pattern: RegExp) => z.string().regex(pattern, LEADS_OUTSIDE);

/** `required_providers.aws` is `{ source, version }`, or a version alone, whose source is HashiCorp's then. */
const requirement = (sources: readonly string[]) =>
  z.preprocess(
    (value) => (typeof value === "string" ? {} : value),
    block({ source: z.unknown(), version: plain }).superRefine(({ source = sources[0] }, { addIssue }) => {
      if (!sources.includes(source as string)) addIssue(`(${source}) ${NOT_HERE}`);
    }),
  );

const resource = z.record(z.string(), z.unknown()).superRefine((fields, { addIssue }) => {
  for (const key of Object.keys(fields)) {
    if (key === "provisioner" || key === "connection")
      addIssue({ code: "custom", path: [key], message: "runs commands" });
    if (key === "dynamic") addIssue({ code: "custom", path: [key], message: NOT_HERE });
  }
});

/** The shape that cdktf gives these stacks. */
const STACK = block({
  "//": z.unknown(),
  terraform: block({
    backend: block({
      s3: block(Object.fromEntries(BACKEND_ARGUMENTS.map((name) => [name, plain]))),
    }),
    required_providers: block({ aws: requirement(AWS), archive: requirement(ARCHIVE) }),
    required_version: plain,
  }),
  provider: block({
    aws: z.array(
      block({ allowed_account_ids: plain, region: plain, default_tags: z.array(block({ tags: named(/^/, plain) })) }),
    ),
    archive: z.array(block({})),
  }),
  data: block({
    archive_file: named(
      NAME,
      block({
        "//": z.unknown(),
        type: plain,
        source_dir: matching(SOURCE_DIRECTORY),
        output_path: matching(ZIP),
        output_file_mode: plain,
      }),
    ),
  }),
  resource: named(/^aws_\w+$/, named(NAME, resource)),
  // Forgets a resource, and leaves it in AWS.
  removed: z.array(
    block({ from: z.string().regex(/^aws_\w+\.[\w-]+$/), lifecycle: block({ destroy: z.literal(false) }) }).required(),
  ),
  output: named(NAME, block({ "//": z.unknown(), description: plain, sensitive: plain, value: z.unknown() })),
});

/**
 * Looks for what a synthesized stack could do apart from describing resources of AWS: other providers or places of them,
 * data sources that run programs, provisioners, modules, functions, paths that lead outside of the stack's directory,
 * credentials or addresses of its own choice. Anything without the shape that cdktf gives these stacks is refused by
 * name. For plans of a branch before its review.
 *
 * @param text a `cdk.tf.json`.
 * @returns what is not allowed, a line for each; empty if all is allowed.
 */
export function synthesizedProblems(text: string): string[] {
  let stack: unknown;
  try {
    stack = JSON.parse(text);
  } catch (error) {
    return [`the stack is no JSON: ${(error as Error).message}`];
  }
  const { error } = STACK.safeParse(stack);
  return [...repeated(text, stack), ...(error?.issues ?? []).flatMap(issueLines), ...textProblems("", "", stack)];
}

/** What a place has that is not allowed. An index in a list is left out. */
function issueLines(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.filter((part) => typeof part !== "number").join(".");
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => `${at(path, key)} ${NOT_HERE}`);
    case "invalid_type":
      return [`${path || "the stack"} (no ${issue.expected === "array" ? "list" : "block"}) ${NOT_HERE}`];
    case "custom":
    case "invalid_format":
      return [`${path} ${issue.message}`];
    default:
      return [`${path} ${NOT_HERE}`];
  }
}

const at = (path: string, key: string) => (path ? `${path}.${key}` : key);
const isObject = (value: unknown) => typeof value === "object" && value !== null;

/** Terraform reads every one of several equal keys, JSON.parse the last alone: what is not seen cannot be checked. */
function repeated(text: string, stack: unknown): string[] {
  const written = text.match(/"(?:[^"\\]|\\.)*"\s*:|"(?:[^"\\]|\\.)*"/g)?.filter((one) => one.endsWith(":")) ?? [];
  return written.length === keysIn(stack) ? [] : [`the stack has a key twice in one block`];
}

function keysIn(value: unknown): number {
  if (!isObject(value)) return 0;
  const parts = Object.values(value as object);
  return parts.reduce<number>((sum, part) => sum + keysIn(part), Array.isArray(value) ? 0 : parts.length);
}

/**
 * Texts, wherever they stand, in keys and comments too: expressions that are more than a reference, and paths that are
 * neither literal and below the stack's directory nor the zip of an archive.
 *
 * @param key of the block that the text or the list around it stands in.
 */
function textProblems(path: string, key: string, value: unknown): string[] {
  if (typeof value === "string") {
    const computes = isLiteralOrReferences(value) ? [] : [`${path} computes: it has more than references to resources`];
    return PATHS.test(key) && leavesStack(value) ? [...computes, `${path} ${LEADS_OUTSIDE}`] : computes;
  }
  if (Array.isArray(value)) return value.flatMap((one, k) => textProblems(`${path}[${k}]`, key, one));
  if (!isObject(value)) return [];
  return Object.entries(value as object).flatMap(([inner, part]) => [
    // A record of Zod's passes over this key.
    ...(inner === "__proto__" ? [`${at(path, inner)} ${NOT_HERE}`] : []),
    ...textProblems(`${at(path, inner)} (a key)`, "", inner),
    ...textProblems(at(path, inner), inner, part),
  ]);
}

function leavesStack(text: string): boolean {
  if (ZIP_OF_ARCHIVE.test(text)) return false;
  return /[$%]\{/.test(text) || /^([\\/~]|[A-Za-z]:)/.test(text) || /(^|[\\/])\.\.([\\/]|$)/.test(text);
}

/** `$${` and `%%{` are Terraform's way to write the characters themselves. */
function isLiteralOrReferences(text: string): boolean {
  const rest = text
    .replace(/(?<![$%])(\$\$|%%)\{/g, "")
    .replace(/(?<![$%])\$\{([^{}]*)\}/g, (whole, expression: string) => (REFERENCE.test(expression) ? "" : whole));
  return !/[$%]\{/.test(rest);
}
