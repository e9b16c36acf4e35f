import { spawnSync } from "node:child_process";
import { coerce, lt } from "semver";
import { ARCHIVE_VERSION } from "../../emulator/archive-stub";
import { PROJECT_DIR } from "../../host/work-dir";
import { columns } from "../lib/table";
import { type ChooseProvidersOptions, chooseProviders } from "../providers/provider-choice";

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
type Machine = Pick<ChooseProvidersOptions, "projectDir" | "askRegistry" | "fileSystem">;

/** A program and the least version of it. */
interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly least: string;
  readonly remedy: string;
}

const PROGRAMS: readonly Program[] = [
  {
    name: "Terraform",
    command: ["terraform", "version"],
    least: "1.10.0",
    remedy: "Install Terraform 1.10 or later: developer.hashicorp.com/terraform/install",
  },
  {
    name: "Python",
    command: ["python3", "--version"],
    least: "3.10.0",
    remedy: "Install Python 3.10 or later, for the embedded AWS: www.python.org/downloads",
  },
  { name: "git", command: ["git", "--version"], least: "2.0.0", remedy: "Install git: git-scm.com/downloads" },
];

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
    examineVenv(env),
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

function examineProgram(
  { name, command: [file = "", ...args], least, remedy }: Program,
  env: NodeJS.ProcessEnv,
): Finding {
  const { status, stdout } = spawnSync(file, args, { encoding: "utf8", env: { ...env, CHECKPOINT_DISABLE: "1" } });
  const version = coerce(stdout)?.version;
  if (status !== 0 || !version) return { name, state: "missing", found: `no ${file} on the PATH`, remedy };
  return lt(version, least)
    ? { name, state: "missing", found: `${version}, and ${least} or later is needed`, remedy }
    : { name, state: "ok", found: version };
}

function examineVenv(env: NodeJS.ProcessEnv): Finding {
  const { status } = spawnSync("python3", ["-c", "import venv, ensurepip"], { env });
  return status === 0
    ? { name: "Python venv", state: "ok", found: "installed" }
    : {
        name: "Python venv",
        state: "missing",
        found: "not installed",
        remedy: "Install Python's venv module (Debian and Ubuntu: apt-get install python3-venv)",
      };
}

/** The source of the providers, chosen as for `npm start`. An error is a finding. */
async function examineProviders(
  env: NodeJS.ProcessEnv,
  awsConstraint: string,
  machine: Partial<Machine>,
): Promise<Finding[]> {
  const name = "Terraform providers";
  try {
    const choice = await chooseProviders({ projectDir: PROJECT_DIR, ...machine, env, needs: { aws: awsConstraint } });
    if (choice.kind === "registry") return [{ name, state: "ok", found: choice.why }];
    const found: Finding = { name, state: "ok", found: choice.note };
    return choice.archiveFrom === "stand-in" ? [found, examineGo(env)] : [found];
  } catch (error) {
    return [{ name, state: "missing", found: (error as Error).message }];
  }
}

/** Go, which builds the stand-in for hashicorp/archive. */
function examineGo(env: NodeJS.ProcessEnv): Finding {
  const { status, stdout } = spawnSync("go", ["version"], { encoding: "utf8", env });
  const version = /go(\d[\d.]*)/.exec(stdout ?? "")?.[1];
  return status === 0 && version
    ? { name: "Go", state: "ok", found: `${version}, for the stand-in of hashicorp/archive` }
    : {
        name: "Go",
        state: "missing",
        found: `no go on the PATH, and the mirror has no hashicorp/archive ${ARCHIVE_VERSION}: a stand-in for it is built`,
        remedy: "Install Go 1.25 or later: go.dev/dl, or put hashicorp/archive into the mirror",
      };
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
