import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { LOCAL, LocalSession, localEnvironment } from "../../cli/start/session";
import { type CdktfOptions, deploy, destroy, hasChanges } from "../../cli/terraform/cdktf";
import type { EnvironmentConfig } from "../../config/schema";
import { stackId } from "../../constructs/naming";
import { emulatorCredentials } from "../../emulator/access-key";
import { emulatorEnvironment } from "../../emulator/aws-environment";
import { runCommand } from "../../host/run-command";
import { WORK_DIR } from "../../host/work-dir";
import { CallRecorder } from "./call-recorder";
import { type IamRequest, IamRequests } from "./iam-request";

/** Anything of the local environment that a step sets. */
type Fields = Partial<EnvironmentConfig>;

const STACK = stackId(LOCAL);
const { account, region } = localEnvironment({});

/** A function outside the stacks, which schedules name as their target. */
const USERS_FUNCTION = `arn:aws:lambda:${region}:${account}:function:users-own`;

const ci = { repository: "an-owner/a-repository", ownerId: "1234", repositoryId: "5678" };
const schedules = [{ name: "heartbeat", interval: "10s" }] as const;
const minutely = [
  { name: "heartbeat", interval: "1m" },
  { name: "report", interval: "2m", targets: [USERS_FUNCTION] },
] as const;
/** So many that more pacers are allowed. */
const many = Array.from({ length: 40 }, (_, k) => ({ name: `tenant-${k}`, interval: "1m" as const }));
const changed: Fields = { tags: { CostCenter: "42" }, logRetentionDays: 3, tracing: true };
const paused: Fields = { enabled: false, note: "a recording" };

const LOOP = { kind: "sfn-loop" } as const;
const EXPRESS = { kind: "sfn-loop", machineType: "EXPRESS" } as const;
const RELATIVE = { kind: "sfn-loop", pacing: "relative" } as const;
const LAMBDA_CLOCK = { kind: "lambda-clock" } as const;
const SQS_DELAY = { kind: "sqs-delay" } as const;

/** Alarms with their topic and who is mailed, a dashboard, saved queries: the local environment has none of it by itself. */
const monitored: Fields = { monitoring: { metrics: "schedules", alarmEmail: "oncall@example.com" } };
const monitoredOtherwise: Fields = {
  monitoring: { metrics: "schedules", alarmEmail: "night@example.com", p99SkewMs: 900 },
};

/** What is run: cdktf, or `change code`, a deploy after the functions' code alone has changed. */
type Run = "deploy" | "plan" | "destroy" | "change code";

/**
 * Every kind of stack, made, planned, changed, watched, paused, switched directly and in a handover, and destroyed: what
 * is run, and with which fields. Each deploy takes half a minute or more, so it does everything that can be kept apart later.
 */
const STEPS: readonly (readonly [step: string, run: Run, fields: Fields])[] = [
  ["deploy sfn-loop, monitored", "deploy", { ci, ...monitored, schedules, strategy: LOOP }],
  ["plan sfn-loop, monitored", "plan", { ci, ...monitored, schedules, strategy: LOOP }],
  [
    "change sfn-loop and its monitoring, and pause it",
    "deploy",
    {
      ci,
      ...changed,
      ...monitoredOtherwise,
      ...paused,
      schedules: minutely,
      strategy: { ...LOOP, horizon: 2, iteratorMemory: 512 },
    },
  ],
  [
    "take the monitoring away, end the pause, and switch to relative pacing",
    "deploy",
    { ci, schedules, strategy: RELATIVE },
  ],
  ["plan relative pacing", "plan", { ci, schedules, strategy: RELATIVE }],
  ["switch to Express", "deploy", { ci, schedules: minutely, strategy: EXPRESS }],
  ["plan Express", "plan", { ci, schedules: minutely, strategy: EXPRESS }],
  [
    "begin the handover to lambda-clock",
    "deploy",
    { ci, schedules: minutely, strategy: LAMBDA_CLOCK, retiring: EXPRESS },
  ],
  [
    "end the handover, and pause lambda-clock",
    "deploy",
    { ci, ...paused, schedules: minutely, strategy: LAMBDA_CLOCK },
  ],
  ["plan lambda-clock, paused", "plan", { ci, ...paused, schedules: minutely, strategy: LAMBDA_CLOCK }],
  [
    "end the pause, and change lambda-clock",
    "deploy",
    { ci, ...changed, schedules: minutely.slice(0, 1), strategy: { ...LAMBDA_CLOCK, horizon: 3 } },
  ],
  ["switch back", "deploy", { ci, schedules, strategy: LOOP }],
  ["change the code of sfn-loop", "change code", { ci, schedules, strategy: LOOP }],
  ["destroy sfn-loop", "destroy", { ci, schedules, strategy: LOOP }],
  ["deploy before CI", "deploy", { schedules: minutely, strategy: LAMBDA_CLOCK }],
  ["deploy by CI for the first time", "deploy", { ci, schedules: minutely, strategy: LAMBDA_CLOCK }],
  ["destroy lambda-clock", "destroy", { ci, schedules: minutely, strategy: LAMBDA_CLOCK }],
  ["deploy sqs-delay", "deploy", { ci, schedules, strategy: SQS_DELAY }],
  ["plan sqs-delay", "plan", { ci, schedules, strategy: SQS_DELAY }],
  ["change sqs-delay", "deploy", { ci, ...changed, schedules: minutely, strategy: { ...SQS_DELAY, pacerMemory: 128 } }],
  ["take the tag of sqs-delay away", "deploy", { ci, schedules: many, strategy: SQS_DELAY }],
  ["destroy sqs-delay", "destroy", { ci, schedules: many, strategy: SQS_DELAY }],
];

/** What a person did with their own credentials: the roles have no boundary in it. */
const BY_A_PERSON = new Set(["deploy before CI"]);

const OUTPUT = join(__dirname, "recorded-calls.json");

/** Writes `recorded-calls.json` from real runs of cdktf on an embedded AWS. */
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
      await RUNS[run](optionsFor(fields, endpoint));
      const asked = recorder.take().flatMap((call) => requests.of(call));
      if (!BY_A_PERSON.has(step)) steps[step] = normalised(asked);
      const recorded = { account, region, environment: LOCAL, usersFunction: USERS_FUNCTION, steps };
      writeFileSync(OUTPUT, `${JSON.stringify(recorded, null, 2)}\n`);
      // Its code is that of the first deployment's sample function.
      if (step === STEPS[0]?.[0]) await createUsersFunction(session.emulator.endpoint, output);
    }
  } finally {
    await recorder?.close();
    await session.stop();
    rmSync(directory, { recursive: true, force: true });
  }

  function optionsFor(fields: Fields, endpoint: string): RunOptions {
    const settings = session.settings({});
    const overrides = JSON.stringify({ environment: LOCAL, fields: { ...fields, endpoint } });
    const emulated = { ...emulatorEnvironment(process.env, session.emulator.endpoint), AWS_ENDPOINT_URL: endpoint };
    const env = { ...emulated, ...settings, METRONOME_OVERRIDES: overrides };
    return { env, output };
  }
}

type RunOptions = CdktfOptions & Required<Pick<CdktfOptions, "output">>;

const RUNS: Readonly<Record<Run, (options: RunOptions) => Promise<void>>> = {
  deploy: (options) => deploy(STACK, options),
  destroy: (options) => destroy(STACK, options),
  plan: async (options) => {
    if (await hasChanges(STACK, options)) throw new Error("a plan right after a deploy shows changes");
  },
  "change code": changeCode,
};

/** Applies what the deploy before synthesized, with other code: each of its bundles gets one more line. cdktf would replace them. */
async function changeCode({ env, output }: RunOptions): Promise<void> {
  const directory = join(output, "stacks", STACK);
  const bundles = readdirSync(join(directory, "assets"), { recursive: true, encoding: "utf8" });
  for (const file of bundles.filter((name) => basename(name) === "index.js")) {
    appendFileSync(join(directory, "assets", file), "// changed\n");
  }
  const logFile = join(WORK_DIR, "logs", `change-code-${STACK}.log`);
  await runCommand("terraform", ["apply", "-auto-approve", "-input=false"], { cwd: directory, env, logFile });
}

async function createUsersFunction(endpoint: string, output: string): Promise<void> {
  const client = new LambdaClient({ endpoint, region, credentials: emulatorCredentials(endpoint) });
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
