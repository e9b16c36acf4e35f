import { spawnSync } from "node:child_process";
import { coerce, lt } from "semver";
import { ARCHIVE_VERSION } from "../../emulator/archive-stub";
import { PROJECT_DIR } from "../../host/work-dir";
import { columns } from "../lib/table";
import { type ChooseProvidersOptions, chooseProviders } from "../providers/providers";

/** One thing that the project needs of a machine. */
export interface Finding {
  readonly name: string;
  readonly state: "ok" | "missing" | "note";
  /** What was found. */
  readonly found: string;
  /** How to get what is missing. */
  readonly remedy?: string;
}

/** The places in which providers are searched. */
type Machine = Pick<ChooseProvidersOptions, "projectDir" | "askRegistry" | "mirrorsDir">;

/** A program and the least version of it. */
interface Program {
  readonly name: string;
  /** What is looked for on the PATH, as the user reads it. */
  readonly wanted: string;
  /** Prints the version. */
  readonly command: readonly [file: string, ...args: string[]];
  readonly least: string;
  readonly remedy: string;
}

const PROGRAMS: readonly Program[] = [
  {
    name: "Terraform",
    wanted: "terraform",
    command: ["terraform", "version"],
    least: "1.10.0",
    remedy: "Install Terraform 1.10 or later: developer.hashicorp.com/terraform/install",
  },
  {
    name: "Python",
    wanted: "python3 with venv",
    command: ["python3", "-c", "import ensurepip, platform, venv; print(platform.python_version())"],
    least: "3.10.0",
    remedy:
      "Install Python 3.10 or later with venv, for the embedded AWS: www.python.org/downloads (Debian and Ubuntu: apt-get install python3-venv)",
  },
  {
    name: "git",
    wanted: "git",
    command: ["git", "--version"],
    least: "2.0.0",
    remedy: "Install git: git-scm.com/downloads",
  },
];

/** Go, which builds the archive stub for a mirror without the archive provider. */
const GO: Program = {
  name: "Go",
  wanted: "go",
  command: ["go", "version"],
  least: "1.0.0",
  remedy: `Install Go 1.25 or later, to build the archive stub with: go.dev/dl. Or put hashicorp/archive ${ARCHIVE_VERSION} into the mirror`,
};

/**
 * Looks at the machine: programs, providers, and whether real credentials are set.
 *
 * @param awsConstraint the version constraint of hashicorp/aws that a mirror must serve.
 * @param machine the places in which providers are searched. @default this checkout, the registry and this machine's file system
 */
export async function examine(
  env: NodeJS.ProcessEnv,
  awsConstraint: string,
  machine: Partial<Machine> = {},
): Promise<Finding[]> {
  return [
    { name: "Node.js", state: "ok", found: process.versions.node },
    ...PROGRAMS.map((program) => examineProgram(program, env)),
    ...(await examineProviders(env, awsConstraint, machine)),
    examineCredentials(env),
  ];
}

/** The findings as lines, each with its remedy below. */
export function renderFindings(findings: readonly Finding[]): string {
  const mark = { ok: "✓", missing: "✗", note: "·" } as const;
  return columns(
    findings.flatMap(({ name, state, found, remedy }) => [
      [`${mark[state]} ${name}`, found],
      ...(remedy ? [["", `→ ${remedy}`]] : []),
    ]),
  );
}

function examineProgram({ name, wanted, command, least, remedy }: Program, env: NodeJS.ProcessEnv): Finding {
  const [file, ...args] = command;
  const { status, stdout } = spawnSync(file, args, { encoding: "utf8", env: { ...env, CHECKPOINT_DISABLE: "1" } });
  const version = coerce(stdout)?.version;
  if (status !== 0 || !version) return { name, state: "missing", found: `no ${wanted} on the PATH`, remedy };
  return lt(version, least)
    ? { name, state: "missing", found: `${version}, and ${least} or later is needed`, remedy }
    : { name, state: "ok", found: version };
}

/** The source of the providers, chosen as for `npm start`. An error is a finding. */
async function examineProviders(
  env: NodeJS.ProcessEnv,
  awsConstraint: string,
  machine: Partial<Machine>,
): Promise<Finding[]> {
  const name = "Terraform providers";
  try {
    const choice = await chooseProviders({ projectDir: PROJECT_DIR, ...machine, env, awsConstraint });
    const found: Finding = { name, state: "ok", found: choice.why };
    return choice.mirror?.hasArchive === false ? [found, examineProgram(GO, env)] : [found];
  } catch (error) {
    return [{ name, state: "missing", found: (error as Error).message }];
  }
}

function examineCredentials(env: NodeJS.ProcessEnv): Finding {
  const about = ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"].filter((name) => env[name]);
  return {
    name: "AWS credentials",
    state: "note",
    found:
      about.length > 0
        ? `${about.join(", ")} set; npm start and npm test never use them`
        : "none set; npm start and npm test need none",
  };
}
