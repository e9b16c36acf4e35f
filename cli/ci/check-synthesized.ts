/** Looks at a value by its place in the stack; says what is not allowed of it, a line for each. */
type Check = (path: string, value: unknown) => string[];

const SOURCES = {
  aws: ["aws", "hashicorp/aws", "registry.terraform.io/hashicorp/aws"],
  archive: ["archive", "hashicorp/archive", "registry.terraform.io/hashicorp/archive"],
};
const BACKEND_ARGUMENTS = ["allowed_account_ids", "bucket", "encrypt", "key", "kms_key_id", "region", "use_lockfile"];

/** Names that cdktf gives: no dots, no expressions. */
const NAME = /^[A-Za-z_][\w-]*$/;

/** A lambda's directory, and the zip that it becomes beside the configuration: never what Terraform keeps there. */
const SOURCE_DIRECTORY = /^assets(\/[\w-]+)+$/;
const ZIP = /^[\w-]+\.zip$/;
const ZIP_OF_ARCHIVE = /^\$\{data\.archive_file\.[\w-]+\.output_path\}$/;

/** Arguments of resources whose value the provider reads a file from. */
const PATHS = /^(source|source_dir|source_file|filename|output_path|package|template_file)$/;

/** All that these stacks' expressions are: a reference to a resource or an archive. No function, no `path`, no `%{`. */
const REFERENCE = /^(data\.archive_file|aws_\w+)\.[\w-]+(\.[\w-]+|\[\d+\])*$/;

const NOT_HERE = "is not what these stacks have, and is not planned with credentials before it is reviewed";

const refused = (path: string, why = NOT_HERE) => [`${path} ${why}`];
const at = (path: string, key: string) => (path ? `${path}.${key}` : key);
const isBlock = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const anything: Check = () => [];

/** A text, number or boolean, or a list of them: no block. */
const plain: Check = (path, value) =>
  [value].flat().some((one) => typeof one === "object") ? refused(`${path} (a block)`) : [];

const matching =
  (pattern: RegExp): Check =>
  (path, value) =>
    typeof value === "string" && pattern.test(value) ? [] : refused(path, "leads outside of the stack");

const listOf =
  (check: Check): Check =>
  (path, value) =>
    Array.isArray(value)
      ? value.flatMap((one, k) => check(value.length > 1 ? `${path}[${k}]` : path, one))
      : refused(`${path} (no list)`);

/** Terraform's JSON allows a list in place of any block; cdktf writes none there, so here there is none. */
const keyed =
  (checkOf: (key: string) => Check | undefined): Check =>
  (path, value) =>
    isBlock(value)
      ? Object.entries(value).flatMap(([key, part]) => {
          const check = checkOf(key);
          return check ? check(at(path, key), part) : refused(at(path, key));
        })
      : refused(`${path || "the stack"} (no block)`);

const block = (fields: Readonly<Record<string, Check>>): Check =>
  keyed((key) => (Object.hasOwn(fields, key) ? fields[key] : undefined));
const named = (name: RegExp, check: Check): Check => keyed((key) => (name.test(key) ? check : undefined));

/** `required_providers.aws` is `{ source, version }`, or a version alone, whose source is HashiCorp's then. */
const requirement =
  (allowed: readonly string[]): Check =>
  (path, value) => {
    if (typeof value === "string") return [];
    const source = isBlock(value) ? (value.source ?? allowed[0]) : undefined;
    return [
      ...block({ source: plain, version: plain })(path, value),
      ...(isBlock(value) && !allowed.includes(source as string) ? refused(`${path} (${String(source)})`) : []),
    ];
  };

const resource: Check = (path, value) =>
  keyed((key) => {
    if (["provisioner", "connection"].includes(key)) return (here) => refused(here, "runs commands");
    return key === "dynamic" ? undefined : (here, part) => paths(here, key, part);
  })(path, value);

/** Arguments that are paths, however deep: literal and below the stack's directory, or the zip of an archive. */
function paths(path: string, key: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one, k) => paths(`${path}[${k}]`, key, one));
  if (isBlock(value)) return Object.entries(value).flatMap(([inner, part]) => paths(at(path, inner), inner, part));
  if (!PATHS.test(key) || typeof value !== "string" || ZIP_OF_ARCHIVE.test(value)) return [];
  const leaves = /[$%]\{/.test(value) || /^([\\/~]|[A-Za-z]:)/.test(value) || /(^|[\\/])\.\.([\\/]|$)/.test(value);
  return leaves ? refused(path, "leads outside of the stack") : [];
}

/** The shape that cdktf gives these stacks, by its places. */
const STACK = block({
  "//": anything,
  terraform: block({
    backend: block({ s3: block(Object.fromEntries(BACKEND_ARGUMENTS.map((name) => [name, plain]))) }),
    required_providers: block({ aws: requirement(SOURCES.aws), archive: requirement(SOURCES.archive) }),
    required_version: plain,
  }),
  provider: block({
    aws: listOf(
      block({ allowed_account_ids: plain, region: plain, default_tags: listOf(block({ tags: named(/^/, plain) })) }),
    ),
    archive: listOf(block({})),
  }),
  data: block({
    archive_file: named(
      NAME,
      block({
        "//": anything,
        type: plain,
        source_dir: matching(SOURCE_DIRECTORY),
        output_path: matching(ZIP),
        output_file_mode: plain,
      }),
    ),
  }),
  resource: named(/^aws_\w+$/, named(NAME, resource)),
  output: named(NAME, block({ "//": anything, description: plain, sensitive: plain, value: anything })),
});

/**
 * Looks for what a synthesized stack could do besides describing resources of AWS: other providers or places of them,
 * data sources that run programs, provisioners, modules, functions, paths that lead outside of the stack's directory,
 * credentials or addresses of its own choice. Whatever has not the shape that cdktf gives these stacks is refused by
 * name. For plans of a branch that nobody has reviewed yet.
 *
 * @param text a `cdk.tf.json`.
 * @returns what is not allowed, a line for each; empty where all is.
 */
export function synthesizedProblems(text: string): string[] {
  let stack: unknown;
  try {
    stack = JSON.parse(text);
  } catch (error) {
    return refused("the stack", `is no JSON: ${(error as Error).message}`);
  }
  return [...repeated(text, stack), ...STACK("", stack), ...expressions("", stack)];
}

/** Terraform reads every one of several equal keys, JSON.parse the last alone: what is not seen cannot be checked. */
function repeated(text: string, stack: unknown): string[] {
  const written = text.match(/"(?:[^"\\]|\\.)*"\s*:|"(?:[^"\\]|\\.)*"/g)?.filter((one) => one.endsWith(":")) ?? [];
  return written.length === keysIn(stack) ? [] : refused("the stack", "has a key twice in one block");
}

function keysIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const parts = Object.values(value);
  return parts.reduce<number>((sum, part) => sum + keysIn(part), Array.isArray(value) ? 0 : parts.length);
}

/** Expressions that are more than a reference, wherever they stand, in keys and comments too. */
function expressions(path: string, value: unknown): string[] {
  if (typeof value === "string")
    return isLiteralOrReferences(value) ? [] : refused(path, "computes: it has more than references to resources");
  if (Array.isArray(value)) return value.flatMap((one, k) => expressions(`${path}[${k}]`, one));
  if (!isBlock(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...expressions(`${at(path, key)} (a key)`, key),
    ...expressions(at(path, key), part),
  ]);
}

/** `$${` and `%%{` are Terraform's way to write the characters themselves. */
function isLiteralOrReferences(text: string): boolean {
  const rest = text
    .replace(/(?<![$%])(\$\$|%%)\{/g, "")
    .replace(/(?<![$%])\$\{([^{}]*)\}/g, (whole, expression: string) => (REFERENCE.test(expression) ? "" : whole));
  return !/[$%]\{/.test(rest);
}
