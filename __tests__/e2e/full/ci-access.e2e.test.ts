import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LOCAL, type LocalFields, LocalSession } from "../../../cli/start/session";
import { type CdktfOptions, deploy, destroy, hasChanges } from "../../../cli/terraform/cdktf";
import { stackId } from "../../../constructs/naming";
import { emulatorEnvironment } from "../../../emulator/aws-environment";
import { runCommand } from "../../../host/run-command";
import { WORK_DIR } from "../../../host/work-dir";
import { MINUTE_MS } from "../../../schedule/duration";

const STACK = stackId(`ci-${LOCAL}`);

const FIELDS: LocalFields = { ci: { repository: "an-owner/a-repository", ownerId: "1234", repositoryId: "5678" } };

/** What a person with administrator's rights does before CI deploys the clock (docs/operations.md). */
describe("metronome-ci-local, deployed by cdktf to the emulator", () => {
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(WORK_DIR, "e2e-ci-"));
  const output = join(directory, "cdktf.out");
  const session = new LocalSession({ env: process.env, keep: false, directory: join(directory, "aws"), output });

  beforeAll(async () => {
    await Promise.all([session.start(), session.useProviders()]);
    await session.createStateBucket();
  }, 3 * MINUTE_MS);

  afterAll(async () => {
    await session.stop();
    rmSync(directory, { recursive: true, force: true });
  }, MINUTE_MS);

  it(
    "creates the provider, the roles and the boundary, and outputs the roles' ARNs",
    async () => {
      await deploy(STACK, options());
      expect(await outputs()).toEqual({
        "plan-role-arn": "arn:aws:iam::000000000000:role/metronome-ci-local-plan",
        "deploy-role-arn": "arn:aws:iam::000000000000:role/metronome-ci-local-deploy",
      });
    },
    3 * MINUTE_MS,
  );

  it(
    "creates the very boundary that the clock's roles name",
    async () => {
      const state = JSON.parse((await terraform("show", "-json")).join("\n")) as TerraformShow;
      const made = state.values.root_module.resources.find(({ address }) => address === "aws_iam_policy.boundary");
      const clock = join(output, "stacks", stackId(LOCAL), "cdk.tf.json");
      const roles = Object.values(
        JSON.parse(readFileSync(clock, "utf8")).resource.aws_iam_role as Record<string, object>,
      );
      expect(roles.length).toBeGreaterThan(2);
      for (const role of roles) expect(role).toMatchObject({ permissions_boundary: made?.values.arn });
    },
    MINUTE_MS,
  );

  it(
    "shows no changes after that",
    async () => {
      expect(await hasChanges(STACK, options())).toBe(false);
    },
    2 * MINUTE_MS,
  );

  it(
    "leaves with all that it made",
    async () => {
      await destroy(STACK, options());
      expect(await outputs()).toEqual({});
    },
    2 * MINUTE_MS,
  );

  function options(): CdktfOptions {
    const env = { ...emulatorEnvironment(process.env, session.emulator.endpoint), ...session.settings(FIELDS) };
    return { env, output };
  }

  async function outputs(): Promise<Record<string, string>> {
    const lines = await terraform("output", "-json");
    const values = JSON.parse(lines.join("\n")) as Record<string, { readonly value: string }>;
    return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
  }

  function terraform(...args: readonly string[]): Promise<string[]> {
    const { env } = options();
    const logFile = join(directory, "terraform.log");
    return runCommand("terraform", [...args, "-no-color"], { cwd: join(output, "stacks", STACK), env, logFile });
  }
});

/** As much of `terraform show -json` as is read. */
interface TerraformShow {
  readonly values: {
    readonly root_module: {
      readonly resources: readonly { readonly address: string; readonly values: { readonly arn?: string } }[];
    };
  };
}
