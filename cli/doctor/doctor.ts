import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { coerce, lt } from "semver";
import { ARCHIVE_VERSION } from "../../emulator/archive-stub";
import { type Program as ChildProgram, childEnvironment } from "../../host/child-environment";
import { startProblem } from "../../host/run-command";
import { PROJECT_DIR } from "../../host/work-dir";
import { columns } from "../lib/table";
import { visibleTexts } from "../lib/visible";
import { type ChooseProvidersOptions, chooseProviders } from "../providers/providers";
import { isOpenTofu, terraformProgram } from "../terraform/binary";

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
  /** What its environment is built for. */
  readonly as: ChildProgram;
  /** Prints the version. */
  readonly command: readonly [file: string, ...args: string[]];
  readonly least: string;
  readonly remedy: string;
}

const PROGRAMS: readonly Program[] = [
  {
    name: "npx",
    as: "npm",
    command: ["npx", "--version"],
    least: "9.0.0",
    remedy: "Install npm with its npx, which comes with Node.js: cdktf starts the app with it",
  },
  {
    name: "Python",
    as: "python",
    command: ["python3", "-c", "import ensurepip, platform, venv; print(platform.python_version())"],
    least: "3.10.0",
    remedy:
      "Install Python 3.10 or later with venv, for the embedded AWS: www.python.org/downloads (Debian and Ubuntu: apt-get install python3-venv)",
  },
  {
    name: "git",
    as: "git",
    command: ["git", "--version"],
    least: "2.0.0",
    remedy: "Install git: git-scm.com/downloads",
  },
];

/** Lists the processes that an interrupted command must end, on a system without /proc. */
const PS: Program = {
  name: "ps",
  as: "ps",
  command: ["ps", "-A", "-o", "pid="],
  least: "0.0.0",
  remedy: "Install ps (procps), or mount /proc: without it an interrupted deploy goes on in the background",
};

/** Go, which builds the archive stub for a mirror without the archive provider. */
const GO: Program = {
  name: "Go",
  as: "go",
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
    ...[terraform(env), ...PROGRAMS].map((program) => examineProgram(program, env)),
    ...examineProcesses(env),
    ...(await examineProviders(env, awsConstraint, machine)),
    examineCredentials(env),
  ];
}

/** The findings as lines, each with its remedy below. */
export function renderFindings(findings: readonly Finding[]): string {
  const mark = { ok: "✓", missing: "✗", note: "·" } as const;
  return columns(
    // What a program printed may have any character, and a line feed in a cell would break the columns.
    visibleTexts(findings).flatMap(({ name, state, found, remedy }) => [
      [`${mark[state]} ${name}`, found],
      ...(remedy ? [["", `→ ${remedy}`]] : []),
    ]),
  );
}

/** Terraform or OpenTofu: the program that all commands use. */
function terraform(env: NodeJS.ProcessEnv): Program {
  const program = terraformProgram(env);
  return {
    name: isOpenTofu(program) ? "OpenTofu" : "Terraform",
    as: "terraform",
    command: [program, "version"],
    least: "1.10.0",
    remedy: env.TERRAFORM_BINARY_NAME
      ? "Unset TERRAFORM_BINARY_NAME, or let it name Terraform or OpenTofu, 1.10 or later"
      : "Install Terraform 1.10 or later: developer.hashicorp.com/terraform/install (or OpenTofu: opentofu.org/docs/intro/install)",
  };
}

/** The longest excerpt of what a failing program printed, in characters. */
const EXCERPT = 200;

function examineProgram({ name, as, command, least, remedy }: Program, env: NodeJS.ProcessEnv): Finding {
  const [file, ...args] = command;
  const { status, signal, stdout, stderr, error } = spawnSync(file, args, {
    encoding: "utf8",
    env: { ...childEnvironment(as, env), CHECKPOINT_DISABLE: "1" },
  });
  const missing = (found: string): Finding => ({ name, state: "missing", found, remedy });
  if (error) return missing(startProblem(file, process.cwd(), error));
  const printed = `${stderr}${stdout}`.trim().slice(0, EXCERPT);
  const line = command.join(" ");
  if (status !== 0) return missing(`${line} ended with ${signal ?? `exit code ${status}`}: ${printed || "no output"}`);
  const version = coerce(stdout)?.version;
  if (!version) return missing(`${line} printed no version: ${printed || "no output"}`);
  if (lt(version, least)) return missing(`${version}, and ${least} or later is needed`);
  return {
    name,
    state: "ok",
    found: file === name.toLowerCase() || as !== "terraform" ? version : `${version} (${file})`,
  };
}

/** How the processes of this machine are listed; nothing if by /proc, which Linux has. */
function examineProcesses(env: NodeJS.ProcessEnv): Finding[] {
  try {
    if (readdirSync("/proc").some((name) => /^\d+$/.test(name))) return [];
  } catch {
    // A system without /proc.
  }
  const found = examineProgram(PS, env);
  return found.state === "ok" ? [] : [found];
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
