import fs from "node:fs";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { ARCHIVE_ADDRESS, ARCHIVE_VERSION, buildArchiveStub, STUB_ENV } from "../../emulator/archive-stub";
import { type ChooseProvidersOptions, chooseProviders, type Mirror, terraformPlatform } from "./provider-choice";

/** What {@link prepareProviders} works with. */
export interface PrepareProvidersOptions extends ChooseProvidersOptions {
  /** The project's directory for files that git ignores, such as `.metronome`. */
  readonly workDir: string;
  /** Gets a message before each step that takes long. @default none */
  readonly say?: (message: string) => void;
}

/** Providers that are ready for Terraform. */
export interface Providers {
  readonly kind: "registry" | "user" | "mirror";
  /** Changes when the providers do; for `forgetForeignLock`. */
  readonly fingerprint: string;
  /** Sentences for the user. */
  readonly notes: readonly string[];
  /** Variables to add to Terraform's and cdktf's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** cdktf must not ask the registry for the checksums of other platforms. */
const WITHOUT_REGISTRY = { CDKTF_SKIP_PROVIDER_LOCK: "true" };

/**
 * Makes the providers ready that {@link chooseProviders} chooses. If a mirror lacks hashicorp/archive, the project's archive stub serves
 * `archive_file`. For the local environment only: a real environment uses Terraform as the user has set it up.
 *
 * @throws Error as chooseProviders does, and if the stub cannot be built; it says what to do
 */
export async function prepareProviders(options: PrepareProvidersOptions): Promise<Providers> {
  const choice = await chooseProviders(options);
  if (choice.kind === "mirror") return fromMirror(options, choice.mirror, `${choice.why}.`);
  const named = options.env.TF_CLI_CONFIG_FILE;
  return {
    kind: choice.kind,
    fingerprint: choice.kind,
    notes: choice.kind === "user" ? [`${choice.why}.`] : [],
    env: {
      // Terraform warns at every command of a file that does not exist.
      ...(named && !fs.existsSync(named) && { TF_CLI_CONFIG_FILE: "" }),
      ...(choice.kind === "user" && WITHOUT_REGISTRY),
    },
  };
}

async function fromMirror(options: PrepareProvidersOptions, mirror: Mirror, note: string): Promise<Providers> {
  const workDir = path.resolve(options.workDir);
  const cliConfigFile = path.join(workDir, "terraform.tfrc");
  const stub = mirror.hasArchive
    ? undefined
    : await buildArchiveStub({
        sourceDir: path.join(options.projectDir, "emulator", "archive-stub"),
        workDir,
        mirrorDir: path.join(workDir, "providers"),
        platform: terraformPlatform(),
        env: options.env,
        say: options.say,
      });
  const installation = stub
    ? block(mirror.root, `exclude = ["${ARCHIVE_ADDRESS}"]`) + block(stub.mirrorDir, `include = ["${ARCHIVE_ADDRESS}"]`)
    : block(mirror.root);
  fs.mkdirSync(workDir, { recursive: true });
  writeFileAtomic.sync(cliConfigFile, `provider_installation {\n${installation}}\n`);
  return {
    kind: "mirror",
    fingerprint: `mirror ${mirror.root} archive ${stub?.key ?? ARCHIVE_VERSION}`,
    notes: stub
      ? [
          note,
          `The mirror has no hashicorp/archive ${ARCHIVE_VERSION}: the project's archive stub serves archive_file, for the local environment only.`,
        ]
      : [note],
    env: {
      ...WITHOUT_REGISTRY,
      TF_CLI_CONFIG_FILE: cliConfigFile,
      // A provider of the local environment must not get into a cache from which other environments take theirs.
      TF_PLUGIN_CACHE_DIR: "",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CHECKPOINT_DISABLE: "1",
      ...(stub && STUB_ENV),
    },
  };
}

/** Strings of a CLI configuration have JSON's escapes. */
function block(directory: string, ...rules: readonly string[]): string {
  const lines = [`path = ${JSON.stringify(directory)}`, ...rules].map((line) => `    ${line}\n`);
  return `  filesystem_mirror {\n${lines.join("")}  }\n`;
}
