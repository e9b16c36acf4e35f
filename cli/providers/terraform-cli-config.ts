import fs from "node:fs";
import path from "node:path";

/** What the user's own Terraform CLI configuration says about providers. */
export interface UserCliConfig {
  /** The configuration file, undefined when there is none. */
  readonly file: string | undefined;
  /** Whether TF_CLI_CONFIG_FILE names a file that does not exist, of which Terraform warns at every command. */
  readonly namesMissingFile: boolean;
  /** The directories of its `filesystem_mirror` blocks. */
  readonly filesystemMirrors: readonly string[];
  /** Whether it has a `network_mirror` block. */
  readonly hasNetworkMirror: boolean;
}

/** A directory of providers, and those that Terraform may take from it. */
export interface FilesystemMirrorBlock {
  readonly directory: string;
  /** Provider source addresses or patterns, such as "registry.terraform.io/hashicorp/aws". @default all */
  readonly include?: readonly string[];
  /** Provider source addresses or patterns. @default none */
  readonly exclude?: readonly string[];
}

/**
 * Reads the user's Terraform CLI configuration: the file that TF_CLI_CONFIG_FILE names, or else `.terraformrc` in the home directory
 * (`terraform.rc` in APPDATA on Windows).
 *
 * @throws Error when the file is there and cannot be read
 */
export function readUserCliConfig(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  os: NodeJS.Platform,
): UserCliConfig {
  const usual = os === "win32" ? path.join(env.APPDATA ?? home, "terraform.rc") : path.join(home, ".terraformrc");
  const named = env.TF_CLI_CONFIG_FILE;
  const file = named || usual;
  if (!fs.existsSync(file)) {
    return { file: undefined, namesMissingFile: Boolean(named), filesystemMirrors: [], hasNetworkMirror: false };
  }
  const text = withoutComments(fs.readFileSync(file, "utf8"));
  const blocks = [...text.matchAll(/filesystem_mirror\s*\{[^}]*?path\s*=\s*("(?:[^"\\]|\\.)*")/g)];
  return {
    file,
    namesMissingFile: false,
    filesystemMirrors: blocks.map(([, quoted]) => unquote(quoted ?? '""')),
    hasNetworkMirror: /network_mirror\s*\{/.test(text),
  };
}

/** A Terraform CLI configuration that takes providers from these directories and from nowhere else. */
export function renderCliConfig(mirrors: readonly FilesystemMirrorBlock[]): string {
  const blocks = mirrors.map(({ directory, include, exclude }) => {
    const lines = [
      `    path = ${quote(directory)}`,
      ...(include ? [`    include = [${include.map(quote).join(", ")}]`] : []),
      ...(exclude ? [`    exclude = [${exclude.map(quote).join(", ")}]`] : []),
    ];
    return `  filesystem_mirror {\n${lines.join("\n")}\n  }\n`;
  });
  return `provider_installation {\n${blocks.join("")}}\n`;
}

// What looks like a comment inside a string, as in `include = ["*/*"]`, is none: strings are matched too, and kept.
function withoutComments(text: string): string {
  const stringOrComment = /("(?:[^"\\]|\\.)*")|\/\*[\s\S]*?\*\/|(?:#|\/\/).*$/gm;
  return text.replace(stringOrComment, (_, quoted: string | undefined) => quoted ?? "");
}

/** CLI configuration files are HCL 1, whose strings have JSON's escapes; interpolation means nothing in them. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}
