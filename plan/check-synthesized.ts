/** What a stack may hold to be planned with credentials, by its place; all else could run code or read the machine. */
const SECTIONS = ["//", "terraform", "provider", "data", "resource", "output"];
const SETTINGS = ["backend", "required_providers", "required_version"];
const PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  aws: ["aws", "hashicorp/aws", "registry.terraform.io/hashicorp/aws"],
  archive: ["archive", "hashicorp/archive", "registry.terraform.io/hashicorp/archive"],
};
const PROVIDER_ARGUMENTS = ["alias", "allowed_account_ids", "default_tags", "region"];
const BACKEND_ARGUMENTS = ["allowed_account_ids", "bucket", "encrypt", "key", "kms_key_id", "region", "use_lockfile"];

/** Blocks of a resource that run a command. */
const COMMANDS = ["provisioner", "connection"];

/** Arguments whose value Terraform reads a file from, or writes it to. */
const PATHS = /^(source|source_dir|source_file|filename|output_path|package|template_file)$/;

/** A call of a function that reads the machine's files or says where they are, also with a comment before its bracket. */
const READS_FILES = /(?<![\w.-])(file\w*|templatefile|pathexpand|abspath)\s*(\(|\/\*|\/\/|#)/;

/**
 * Looks for what a synthesized stack could do besides describing resources of AWS: other providers or places of them,
 * data sources that run programs, provisioners, modules, functions that read files, paths that lead outside of the
 * stack's directory, credentials or addresses of its own choice. For plans of a branch that nobody has reviewed yet.
 *
 * @param stack a `cdk.tf.json`, parsed.
 * @returns what is not allowed, a line for each; empty where all is.
 */
export function synthesizedProblems(stack: unknown): string[] {
  const { terraform, provider, data, resource, ...rest } = blockOf(stack);
  const { backend, required_providers: required, ...settings } = blockOf(terraform);
  return [
    ...others("", rest, SECTIONS),
    ...others("terraform.", settings, SETTINGS),
    ...others("terraform.backend.", blockOf(backend), ["s3"]),
    ...others("terraform.backend.s3.", blockOf(blockOf(backend).s3), BACKEND_ARGUMENTS),
    ...Object.entries(blockOf(required)).flatMap(([name, requirement]) => foreignSource(name, requirement)),
    ...Object.entries(blockOf(provider)).flatMap(([name, blocks]) => [
      ...others("provider.", { [name]: 0 }, Object.keys(PROVIDERS)),
      ...listOf(blocks).flatMap((one) => others(`provider.${name}.`, blockOf(one), PROVIDER_ARGUMENTS)),
    ]),
    ...foreignTypes("data", data, /^(aws_\w+|archive_file)$/),
    ...foreignTypes("resource", resource, /^aws_\w+$/),
    ...inside("", stack),
  ];
}

const refused = (path: string, why: string) => `${path} ${why}`;
const NOT_HERE = "is not what these stacks have, and is not planned with credentials before it is reviewed";

function others(prefix: string, block: Readonly<Record<string, unknown>>, allowed: readonly string[]): string[] {
  return Object.keys(block)
    .filter((key) => !allowed.includes(key))
    .map((key) => refused(`${prefix}${key}`, NOT_HERE));
}

/** `required_providers.aws` is `{ source, version }`, or a version alone, whose source is HashiCorp's then. */
function foreignSource(name: string, requirement: unknown): string[] {
  const source = typeof requirement === "string" ? name : (blockOf(requirement).source ?? name);
  if (PROVIDERS[name]?.includes(String(source))) return [];
  return [refused(`terraform.required_providers.${name} (${String(source)})`, NOT_HERE)];
}

function foreignTypes(section: string, block: unknown, allowed: RegExp): string[] {
  return Object.keys(blockOf(block))
    .filter((type) => !allowed.test(type))
    .map((type) => refused(`${section}.${type}`, NOT_HERE));
}

/** What is refused wherever it stands. */
function inside(path: string, value: unknown): string[] {
  if (typeof value === "string") {
    return /[$%]\{/.test(value) && READS_FILES.test(value) ? [refused(path, "reads files of the machine")] : [];
  }
  if (Array.isArray(value)) return value.flatMap((one, k) => inside(`${path}[${k}]`, one));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const at = path ? `${path}.${key}` : key;
    return [
      ...(COMMANDS.includes(key) && isBlockOfResource(path) ? [refused(at, "runs commands")] : []),
      ...(PATHS.test(key) && isBlockOfResource(path) && leavesDirectory(part)
        ? [refused(at, "leads outside of the stack")]
        : []),
      ...inside(`${path} (a key)`, key),
      ...inside(at, part),
    ];
  });
}

const isBlockOfResource = (path: string) => /^(resource|data)\.[^.]+\.[^.]+/.test(path);

const leavesDirectory = (value: unknown) =>
  typeof value === "string" &&
  (/^(\/|~|[A-Za-z]:)/.test(value) || /(^|[\\/])\.\.([\\/]|$)/.test(value) || /\$\{\s*path\b/.test(value));

const blockOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
