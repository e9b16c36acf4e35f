import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { venvPrograms } from "../../emulator/python-venv";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";

const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
const REQUIREMENTS = join(PROJECT_DIR, "__tests__", "workflows", "requirements.txt");

/** A mistake in a workflow that the linter must see, by its rule. */
export interface Mistake {
  readonly file: string;
  /** Text that the file has, and what stands there instead. */
  readonly change: readonly [string, string];
  /** The rule's name, as the linter prints it. */
  readonly rule: string;
}

/** A linter of workflows. */
export interface Linter {
  /** Lints the `.github` of a project; what it found, or "" for nothing. @throws Error where it could not be run */
  lint(directory: string): string;
  readonly mistakes: readonly Mistake[];
}

/**
 * actionlint, with shellcheck for the scripts in the workflows; it is built with Go from the module proxy, as there is
 * no package of its current version elsewhere.
 *
 * @returns undefined where there is no Go on the PATH.
 * @throws Error where it cannot be built or shellcheck cannot be installed.
 */
export async function actionlint(env: NodeJS.ProcessEnv): Promise<Linter | undefined> {
  if (spawnSync("go", ["version"], { stdio: "ignore" }).error) return undefined;
  const bin = join(WORK_DIR, "tools", ACTIONLINT.slice(ACTIONLINT.lastIndexOf("@") + 1));
  execFileSync("go", ["install", ACTIONLINT], { env: { ...env, GOBIN: bin, GOFLAGS: "" }, stdio: "pipe" });
  const shellcheck = join(await linterPrograms(env), "shellcheck");
  return {
    // pyflakes is for scripts in Python, which there are none of.
    lint: (directory) =>
      run(join(bin, "actionlint"), ["-no-color", "-shellcheck", shellcheck, "-pyflakes="], directory),
    mistakes: [
      { file: "plan.yml", change: ["needs: environments\n", "needs: environment\n"], rule: "job-needs" },
      { file: "plan.yml", change: ["steps.plan.outputs.code", "steps.plans.outputs.code"], rule: "expression" },
      { file: "drift.yml", change: ["id-token: write", "id-tokens: write"], rule: "permissions" },
      { file: "drift.yml", change: ['"23 5 * * *"', '"23 25 * * *"'], rule: "events" },
      { file: "ci.yml", change: ['go: "true"', 'golang: "true"'], rule: "action" },
      { file: "ci.yml", change: ["run: .ci/run", "run: cd $DIRECTORY && .ci/run"], rule: "shellcheck" },
    ],
  };
}

/** zizmor, which looks for what an attacker could use; without asking anything of GitHub. @throws CommandError */
export async function zizmor(env: NodeJS.ProcessEnv): Promise<Linter> {
  const program = join(await linterPrograms(env), "zizmor");
  return {
    lint: (directory) => run(program, ["--offline", "--no-progress", "--color", "never", ".github"], directory),
    mistakes: [
      {
        file: "ci.yml",
        change: ["checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "checkout@v6"],
        rule: "unpinned-uses",
      },
      { file: "ci.yml", change: ["persist-credentials: false", "fetch-depth: 1"], rule: "artipacked" },
      { file: "plan.yml", change: ["on:\n  pull_request:", "on:\n  pull_request_target:"], rule: "dangerous-triggers" },
      {
        file: "ci.yml",
        change: ["permissions:\n      contents: read", "permissions: write-all"],
        rule: "excessive-permissions",
      },
      {
        file: "plan.yml",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is an expression of GitHub's.
        change: ["run: npm stop", 'run: echo "${{ github.event.pull_request.title }}"'],
        rule: "template-injection",
      },
    ],
  };
}

/**
 * Lints the project's workflows, and copies of them with one mistake each.
 *
 * @returns what is wrong: findings in the project's own, and mistakes that were not seen.
 */
export function problems({ lint, mistakes }: Linter): string[] {
  const found = lint(PROJECT_DIR);
  return [...(found ? [found] : []), ...mistakes.flatMap((mistake) => unseen(lint, mistake))];
}

function unseen(lint: Linter["lint"], { file, change: [from, to], rule }: Mistake): string[] {
  const copy = mkdtempSync(join(tmpdir(), "workflows-"));
  try {
    // By it actionlint knows the root of a project.
    mkdirSync(join(copy, ".git"));
    cpSync(join(PROJECT_DIR, ".github"), join(copy, ".github"), { recursive: true });
    const path = join(copy, ".github", "workflows", file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(from)) return [`${file} has no ${JSON.stringify(from)} any more: choose another mistake.`];
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
    return lint(copy).includes(`[${rule}]`) ? [] : [`not seen in ${file}: ${JSON.stringify(to)} (${rule}).`];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The project's workflow files, below its root. */
export const workflowFiles = () =>
  readdirSync(join(PROJECT_DIR, ".github", "workflows")).map((name) => join(".github", "workflows", name));

async function linterPrograms(env: NodeJS.ProcessEnv): Promise<string> {
  return venvPrograms(env, { name: "linters-venv", requirements: REQUIREMENTS, log: "linters-install.log" });
}

/** The output of a linter that found something; "" where it found nothing. */
function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (error) throw error;
  if (status === 0) return "";
  const output = `${stdout}${stderr}`.trim();
  return output || `${program} ended with exit code ${status}, and said nothing`;
}
