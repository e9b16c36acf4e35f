import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LOCAL, type LocalFields } from "../../../cli/start/session";
import { accessKeyFile } from "../../../emulator/access-key";
import { emulatorEnvironment } from "../../../emulator/aws-environment";
import { childEnvironment } from "../../../host/child-environment";
import { type CommandError, runCommand } from "../../../host/run-command";
import { PROJECT_DIR } from "../../../host/work-dir";
import { MINUTE_MS } from "../../../schedule/duration";
import { setUp } from "../../workflows/workflow-files";
import { EmulatorSession } from "../support/emulator-session";

const FIELDS: LocalFields = { strategy: { kind: "sfn-loop" }, schedules: [{ name: "beat", interval: "30s" }] };

/** What the jobs of the workflows that can get a token run, with what the set-up installs for them and nothing else. */
describe("a checkout with the packages that the workflows install", () => {
  const scratch = mkdtempSync(join(tmpdir(), "workflow-install-"));
  const checkout = join(scratch, "checkout");
  const [install = ""] = setUp.runs.steps.flatMap(({ run }) => (run?.includes("--omit=dev") ? [run] : []));
  const emulator = new EmulatorSession();
  let env: Record<string, string>;

  beforeAll(async () => {
    const tracked = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const files = execFileSync("git", tracked, { cwd: PROJECT_DIR, encoding: "utf8" }).split("\0").filter(Boolean);
    for (const file of files) {
      mkdirSync(dirname(join(checkout, file)), { recursive: true });
      cpSync(join(PROJECT_DIR, file), join(checkout, file));
    }
    await Promise.all([
      emulator.open(),
      runCommand("sh", ["-c", install], {
        cwd: checkout,
        env: childEnvironment("npm", process.env),
        logFile: join(scratch, "install.log"),
      }),
    ]);
    const { endpoint } = emulator.session.emulator;
    // The checkout has not started this emulator, so it has no key of it.
    const keys = join(checkout, ".metronome", "access-keys");
    mkdirSync(keys, { recursive: true });
    cpSync(accessKeyFile(endpoint), accessKeyFile(endpoint, keys));
    env = { ...emulatorEnvironment(process.env, endpoint), ...emulator.session.settings(FIELDS) };
  }, 5 * MINUTE_MS);

  afterAll(async () => {
    await emulator.close();
    rmSync(scratch, { recursive: true, force: true });
  }, MINUTE_MS);

  it("has no package for development, and no script of a package was run", () => {
    const { packages } = JSON.parse(readFileSync(join(checkout, "node_modules", ".package-lock.json"), "utf8"));
    const installed = Object.values(packages) as { readonly dev?: boolean }[];
    expect(installed.length).toBeGreaterThan(50);
    expect(installed.filter(({ dev }) => dev)).toEqual([]);
    expect(install).toContain("--ignore-scripts");
  });

  it(
    "synthesizes, checks, plans, comments, deploys by digest and finds no drift",
    async () => {
      expect(JSON.parse(await metronome(0, "ci", "environments", "--ci", "--json"))).toEqual([]);
      // As in the job without credentials: with those of the embedded AWS the stacks on AWS are not synthesized.
      await synthesize(childEnvironment("app", process.env));
      expect(await metronome(0, "ci", "check-synthesized", "cdktf.out", "dev")).toContain("describes resources of AWS");
      await synthesize(env);
      const plan = join(scratch, "plan");
      await metronome(2, "plan", LOCAL, "--synthesized", "cdktf.out", "--out", plan);
      expect(await metronome(0, "ci", "plan-comment", plan)).toContain(LOCAL);
      const { digest } = JSON.parse(readFileSync(join(plan, "summary.json"), "utf8"));
      expect(await metronome(0, "deploy", LOCAL, "--digest", digest)).toMatch(/local: deployed\./);
      await metronome(0, "drift", LOCAL, "--out", join(scratch, "drift"));
    },
    6 * MINUTE_MS,
  );

  it.each([
    ["pull-request", ["12"]],
    ["sticky-comment", ["7", "plan", "README.md"]],
    ["commit-status", ["a".repeat(40), "plan", "success", "text"]],
    ["drift-issue", [LOCAL, "--exit-code", "0", "--text", "README.md"]],
  ])(
    "ci %s gets as far as its request to GitHub",
    async (command, args) => {
      env = { ...env, GITHUB_API_URL: "http://127.0.0.1:1", GITHUB_REPOSITORY: "octo/clock", GITHUB_TOKEN: "t" };
      expect(await metronome(1, "ci", command, ...args)).toContain("no answer from GitHub");
    },
    MINUTE_MS,
  );

  const synthesize = (environment: Record<string, string>) =>
    runCommand(process.execPath, ["--import", "tsx", "main.ts"], { cwd: checkout, env: environment });

  const metronome = (code: number, ...args: string[]) => run(code, "npx", "metronome", ...args);

  /** The output of a command that ends with this exit code. */
  async function run(code: number, program: string, ...args: string[]): Promise<string> {
    const [exitCode, lines] = await runCommand(program, args, { cwd: checkout, env }).then(
      (output) => [0, output] as const,
      (error: CommandError) => [error.exitCode, error.output] as const,
    );
    expect([args, exitCode, exitCode === code ? "" : lines]).toEqual([args, code, ""]);
    return lines.filter((line) => !line.startsWith("Node.js 20 ")).join("\n");
  }
});
