import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepareProviders } from "../../../cli/providers/providers";
import { LOCAL, type LocalFields, localAwsConstraint } from "../../../cli/start/session";
import { runTerraform } from "../../../cli/terraform/binary";
import { deploy, hasChanges } from "../../../cli/terraform/cdktf";
import { stackId } from "../../../constructs/naming";
import { emulatorEnvironment } from "../../../emulator/aws-environment";
import { CommandError, runCommand } from "../../../host/run-command";
import { PROJECT_DIR, WORK_DIR } from "../../../host/work-dir";
import { type Duration, MINUTE_MS } from "../../../schedule/duration";
import { EmulatorSession, flaws, NO_FLAWS } from "../support/emulator-session";
import { describeUnless } from "../support/needs";

/** OpenTofu: the program that METRONOME_TEST_TOFU names, else the one on the PATH. */
const TOFU = process.env.METRONOME_TEST_TOFU || "tofu";

const version = spawnSync(TOFU, ["version"], { encoding: "utf8" });
const lacking =
  version.status === 0 && spawnSync("terraform", ["version"]).status === 0
    ? undefined
    : `${TOFU} and terraform are needed; METRONOME_TEST_TOFU names an OpenTofu that is not on the PATH`;

const every = (interval: Duration): LocalFields => ({
  strategy: { kind: "sfn-loop" },
  schedules: [{ name: "beat", interval }],
});

/** Real OpenTofu beside real Terraform on one state; the tests go on from one another's state. */
describeUnless(lacking, "OpenTofu in Terraform's place", () => {
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(WORK_DIR, "e2e-tofu-"));
  const emulator = new EmulatorSession(undefined, { ...process.env, TERRAFORM_BINARY_NAME: TOFU });

  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(async () => {
    await emulator.close();
    rmSync(directory, { recursive: true, force: true });
  }, MINUTE_MS);

  it("is what doctor finds", async () => {
    const output = await metronome(every("10s"), "doctor");
    expect(output).toMatch(new RegExp(`✓ OpenTofu +${/v([\d.]+)/.exec(version.stdout)?.[1]}`));
    expect(output).not.toContain("Terraform 1.");
  });

  it(
    "sees no changes and no drift in a state that Terraform made",
    async () => {
      await deploy(stackId(LOCAL), {
        env: await terraformVariables(every("10s")),
        output: join(directory, "terraform"),
      });
      expect(await emulator.session.hasChanges(every("10s"))).toBe(false);
      expect(await metronome(every("10s"), "plan", LOCAL, "--out", join(directory, "none"))).toContain("no changes.");
      const drift = await metronome(every("10s"), "drift", LOCAL, "--out", join(directory, "drift"));
      expect(drift).toContain("nothing changed outside Terraform");
    },
    5 * MINUTE_MS,
  );

  it(
    "plans a change, applies the reviewed plan, and then sees no changes",
    async () => {
      const plan = join(directory, "plan");
      expect(await metronome(every("20s"), "plan", LOCAL, "--out", plan)).toMatch(/1 to change|2 to change/);
      expect(readFileSync(join(plan, "plan.md"), "utf8")).toContain("20s");
      expect(await metronome(every("20s"), "deploy", LOCAL, "--plan", plan)).toContain("deployed. The apply took");
      expect(await emulator.session.hasChanges(every("20s"))).toBe(false);
    },
    5 * MINUTE_MS,
  );

  it(
    "goes back to Terraform when the state names Terraform's providers again",
    async () => {
      const options = { env: await terraformVariables(every("20s")), output: join(directory, "terraform") };
      await expect(hasChanges(stackId(LOCAL), options)).rejects.toThrow(/registry\.opentofu\.org\/hashicorp\/aws/);
      const cwd = join(options.output, "stacks", stackId(LOCAL));
      for (const name of ["aws", "archive"]) {
        const [from, to] = ["registry.opentofu.org", "registry.terraform.io"].map(
          (host) => `${host}/hashicorp/${name}`,
        );
        const command = ["state", "replace-provider", "-auto-approve", String(from), String(to)];
        await runTerraform(command, { cwd, env: options.env });
      }
      expect(await hasChanges(stackId(LOCAL), options)).toBe(false);
    },
    5 * MINUTE_MS,
  );

  it(
    "destroys all of it, deploys it anew as npm start does, and the clock keeps time",
    async () => {
      await emulator.session.destroy(every("20s"));
      expect(await emulator.leftovers()).toEqual([]);
      const environment = await emulator.deploy(every("10s"));
      await emulator.session.fireSoon();
      const { report } = await emulator.observe(environment, 20_000);
      expect(flaws(report)).toEqual({ beat: NO_FLAWS });
    },
    6 * MINUTE_MS,
  );

  /** The variables of a command that works with OpenTofu. */
  function variables(fields: LocalFields): Record<string, string> {
    const { endpoint } = emulator.session.emulator;
    return { ...emulatorEnvironment(process.env, endpoint), ...emulator.session.settings(fields) };
  }

  /** The same for Terraform. */
  async function terraformVariables(fields: LocalFields): Promise<Record<string, string>> {
    const env = { ...process.env, TERRAFORM_BINARY_NAME: "terraform" };
    const options = { projectDir: PROJECT_DIR, workDir: WORK_DIR, awsConstraint: localAwsConstraint(), env };
    return { ...variables(fields), ...(await prepareProviders(options)).env, TERRAFORM_BINARY_NAME: "terraform" };
  }

  /** Runs a command of the program. @returns what it printed. @throws CommandError unless it exits with 0, or with 2 for a plan with changes. */
  async function metronome(fields: LocalFields, ...args: string[]): Promise<string> {
    const lines: string[] = [];
    const options = { cwd: PROJECT_DIR, env: variables(fields), onLine: (line: string) => lines.push(line) };
    await runCommand(process.execPath, ["cli/metronome.mjs", ...args], options).catch((error: unknown) => {
      if (!(error instanceof CommandError && args[0] === "plan" && error.exitCode === 2)) throw error;
    });
    return lines.join("\n");
  }
});
