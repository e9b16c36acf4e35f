import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { EnvironmentConfig } from "../../config/types";
import { stackId } from "../../constructs/naming";
import { DUMMY_CREDENTIALS, emulatorEnvironment } from "../../local/aws-environment";
import { type CdktfOptions, deploy, destroy, hasChanges } from "../../local/cdktf";
import { LOCAL, LocalSession, localEnvironment } from "../../local/session";
import { WORK_DIR } from "../../local/work-dir";
import { CallRecorder } from "./call-recorder";
import { type IamRequest, IamRequests } from "./iam-request";

/** Anything of the local environment that a step sets. */
type Fields = Partial<EnvironmentConfig>;

const STACK = stackId(LOCAL);
const { account, region } = localEnvironment({});

/** A function that is none of the stacks', for schedules to name as their target. */
const USERS_FUNCTION = `arn:aws:lambda:${region}:${account}:function:users-own`;

const ci = { repository: "an-owner/a-repository", ownerId: "1234", repositoryId: "5678" };
const schedules = [{ name: "heartbeat", interval: "10s" }] as const;
const minutely = [
  { name: "heartbeat", interval: "1m" },
  { name: "report", interval: "2m", targets: [USERS_FUNCTION] },
] as const;
const changed: Fields = { tags: { CostCenter: "42" }, logRetentionDays: 3, tracing: true };

/** Every kind of stack, made, planned, changed, switched and destroyed: what is run, and with which fields. */
const STEPS: readonly (readonly [step: string, run: "deploy" | "plan" | "destroy", fields: Fields])[] = [
  ["deploy sfn-loop", "deploy", { ci, schedules, strategy: { kind: "sfn-loop" } }],
  ["plan sfn-loop", "plan", { ci, schedules, strategy: { kind: "sfn-loop" } }],
  [
    "change sfn-loop",
    "deploy",
    { ci, ...changed, schedules: minutely, strategy: { kind: "sfn-loop", horizon: 2, iteratorMemory: 512 } },
  ],
  ["switch to relative pacing", "deploy", { ci, schedules, strategy: { kind: "sfn-loop", pacing: "relative" } }],
  ["plan relative pacing", "plan", { ci, schedules, strategy: { kind: "sfn-loop", pacing: "relative" } }],
  ["switch to Express", "deploy", { ci, schedules, strategy: { kind: "sfn-loop", machineType: "EXPRESS" } }],
  ["plan Express", "plan", { ci, schedules, strategy: { kind: "sfn-loop", machineType: "EXPRESS" } }],
  ["switch to lambda-clock", "deploy", { ci, schedules: minutely, strategy: { kind: "lambda-clock" } }],
  ["plan lambda-clock", "plan", { ci, schedules: minutely, strategy: { kind: "lambda-clock" } }],
  [
    "change lambda-clock",
    "deploy",
    { ci, ...changed, schedules: minutely.slice(0, 1), strategy: { kind: "lambda-clock", horizon: 3 } },
  ],
  ["switch back", "deploy", { ci, schedules, strategy: { kind: "sfn-loop" } }],
  ["destroy sfn-loop", "destroy", { ci, schedules, strategy: { kind: "sfn-loop" } }],
  ["deploy before CI", "deploy", { schedules: minutely, strategy: { kind: "lambda-clock" } }],
  ["deploy by CI for the first time", "deploy", { ci, schedules: minutely, strategy: { kind: "lambda-clock" } }],
  ["destroy lambda-clock", "destroy", { ci, schedules: minutely, strategy: { kind: "lambda-clock" } }],
];

/** What a person did with their own credentials: the roles have no boundary in it. */
const BY_A_PERSON = new Set(["deploy before CI"]);

const OUTPUT = join(__dirname, "recorded-calls.json");

/** `npm run record-calls`: writes `recorded-calls.json` anew, from real runs of cdktf on an embedded AWS. */
async function main(): Promise<void> {
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(WORK_DIR, "record-"));
  const output = join(directory, "cdktf.out");
  const aws = join(directory, "aws");
  const session = new LocalSession({ env: process.env, keep: false, directory: aws, output });
  let recorder: CallRecorder | undefined;
  try {
    await Promise.all([session.start(), session.useProviders()]);
    await session.createStateBucket();
    recorder = new CallRecorder(session.emulator.endpoint);
    const endpoint = await recorder.open();
    const requests = new IamRequests({ account, region });
    const steps: Record<string, readonly IamRequest[]> = {};
    for (const [step, run, fields] of STEPS) {
      console.log(step);
      // Its code is that of the first deployment's sample function.
      if (step === "change sfn-loop") await createUsersFunction(session.emulator.endpoint, output);
      await cdktf(run, optionsFor(fields, endpoint));
      const asked = recorder.take().flatMap((call) => requests.of(call));
      if (!BY_A_PERSON.has(step)) steps[step] = normalised(asked);
      const recorded = { account, region, environment: LOCAL, usersFunction: USERS_FUNCTION, steps };
      writeFileSync(OUTPUT, `${JSON.stringify(recorded, null, 2)}\n`);
    }
  } finally {
    await recorder?.close();
    await session.stop();
    rmSync(directory, { recursive: true, force: true });
  }

  function optionsFor(fields: Fields, endpoint: string): CdktfOptions {
    const settings = session.settings({});
    const overrides = JSON.stringify({ environment: LOCAL, fields: { ...fields, endpoint } });
    const env = { ...emulatorEnvironment(process.env, endpoint), ...settings, METRONOME_OVERRIDES: overrides };
    return { env, output };
  }
}

async function cdktf(run: "deploy" | "plan" | "destroy", options: CdktfOptions): Promise<void> {
  if (run === "deploy") await deploy(STACK, options);
  else if (run === "destroy") await destroy(STACK, options);
  else if (await hasChanges(STACK, options)) throw new Error("a plan right after a deploy shows changes");
}

async function createUsersFunction(endpoint: string, output: string): Promise<void> {
  const client = new LambdaClient({ endpoint, region, credentials: DUMMY_CREDENTIALS });
  await client.send(
    new CreateFunctionCommand({
      FunctionName: USERS_FUNCTION.split(":").at(-1),
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: `arn:aws:iam::${account}:role/users-own`,
      Code: { ZipFile: readFileSync(join(output, "stacks", STACK, "sample-target.zip")) },
    }),
  );
  client.destroy();
}

/** Each request once, in an order of its own: what one run asks before another is chance. */
function normalised(requests: readonly IamRequest[]): IamRequest[] {
  const once = new Map(requests.map((one) => [JSON.stringify(one), one]));
  return [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
