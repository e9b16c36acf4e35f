import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { paginateGetExecutionHistory, paginateListExecutions, SFNClient } from "@aws-sdk/client-sfn";
import { clockUsage } from "../../../cli/cost/clock-usage";
import { LOCAL, type LocalFields, localEnvironment } from "../../../cli/start/session";
import { describeClock } from "../../../config/describe-clock";
import { functionLogGroup, physicalName } from "../../../constructs/naming";
import { emulatorCredentials } from "../../../emulator/access-key";
import { MINUTE_MS } from "../../../schedule/duration";
import { minuteOf, startOfMinute } from "../../../schedule/minute";
import type { Resource } from "../../../strategies/usage";
import { EmulatorSession } from "../support/emulator-session";

/** Over two minutes an interval of two minutes comes out even. */
const MINUTES = 2;
const HORIZON = 2;
const LOOP: LocalFields = {
  strategy: { kind: "sfn-loop", horizon: HORIZON },
  schedules: [
    { name: "heartbeat", interval: "10s" },
    { name: "slow", interval: "2m" },
  ],
};
const LAMBDA_CLOCK: LocalFields = {
  strategy: { kind: "lambda-clock", horizon: HORIZON },
  schedules: [
    { name: "heartbeat", interval: "1m" },
    { name: "slow", interval: "2m" },
  ],
};

/** A span of {@link MINUTES} in steady state; ms since the epoch. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** What the model says that these minutes use. @param schedule one of them. @default all */
function expected(fields: LocalFields, part: string, resource: Resource, schedule?: string): number {
  const lines = clockUsage(describeClock(localEnvironment(fields))).filter(
    (usage) =>
      usage.part === part && usage.resource === resource && (schedule === undefined || usage.schedule === schedule),
  );
  return MINUTES * lines.reduce((sum, { perMinute }) => sum + perMinute, 0);
}

/** Reads from one emulator what was used. */
class Counter {
  private readonly client;

  constructor(private readonly emulator: EmulatorSession) {
    this.client = {
      endpoint: emulator.session.emulator.endpoint,
      region: "us-east-1",
      credentials: emulatorCredentials(emulator.session.emulator.endpoint),
    };
  }

  /**
   * Waits for a firing after `deployedAt`, and names the minutes after it. They begin and end at second 34: no tick is
   * near it, and the rules fire at second 37.
   */
  async steadyWindow(deployedAt: number): Promise<Window> {
    for (;;) {
      const firings = (await this.emulator.firings()).map(({ firedAt }) => Date.parse(firedAt));
      const first = Math.min(...firings.filter((at) => at >= deployedAt));
      if (first !== Number.POSITIVE_INFINITY) {
        const from = startOfMinute(minuteOf(first) + 1) + 34_000;
        return { from, to: from + MINUTES * MINUTE_MS };
      }
      await sleep(1_000);
    }
  }

  /** The log lines of a function's invocations that ended in the span. */
  async lines(role: string, { from, to }: Window): Promise<string[]> {
    const logGroupName = functionLogGroup(physicalName(LOCAL, role));
    const lines: string[] = [];
    const client = new CloudWatchLogsClient(this.client);
    for await (const { events } of paginateFilterLogEvents({ client }, { logGroupName })) {
      for (const { timestamp = 0, message = "" } of events ?? []) {
        if (timestamp >= from && timestamp < to) lines.push(message);
      }
    }
    return lines;
  }

  /** States entered by a machine's executions that were started in the span. */
  async transitions(schedule: string, { from, to }: Window): Promise<number> {
    const client = new SFNClient(this.client);
    const stateMachineArn = `arn:aws:states:us-east-1:000000000000:stateMachine:${physicalName(LOCAL, `loop-${schedule}`)}`;
    let entered = 0;
    for await (const { executions } of paginateListExecutions({ client }, { stateMachineArn })) {
      for (const { executionArn, startDate, status } of executions ?? []) {
        const started = startDate?.getTime() ?? 0;
        if (started < from || started >= to) continue;
        expect(status).toBe("SUCCEEDED");
        for await (const { events } of paginateGetExecutionHistory({ client }, { executionArn })) {
          entered += (events ?? []).filter(({ type }) => type?.endsWith("StateEntered")).length;
        }
      }
    }
    return entered;
  }

  /** Rows of the ledger that were claimed in the span. */
  async rows({ from, to }: Window): Promise<string[]> {
    const rows: string[] = [];
    const client = new DynamoDBClient(this.client);
    for await (const { Items } of paginateScan({ client }, { TableName: physicalName(LOCAL, "ledger") })) {
      for (const { id, claimedAt } of Items ?? []) {
        const at = Date.parse(claimedAt?.S ?? "");
        if (at >= from && at < to) rows.push(id?.S ?? "");
      }
    }
    return rows;
  }
}

const count = (lines: readonly string[], text: string) => lines.filter((line) => line.includes(text)).length;
const invocations = (lines: readonly string[]) => count(lines, '"platform.report"');

/** Bytes of our lines and the platform's, without the SDK's warning of this machine's Node.js when a function starts. */
function bytes(lines: readonly string[]): number {
  const counted = lines.filter((line) => !line.includes("NodeVersionSupportWarning"));
  return counted.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
}

/** GB-seconds by the platform's reports of durations. @param memory MB. */
function gbSeconds(lines: readonly string[], memory: number): number {
  const ms = lines
    .filter((line) => line.includes('"platform.report"'))
    .map((line) => (JSON.parse(line) as { record: { metrics: { durationMs: number } } }).record.metrics.durationMs);
  return (ms.reduce((sum, one) => sum + one, 0) / 1_000) * (memory / 1_024);
}

describe("the cost model, held against what is counted on the emulator", () => {
  const loop = new EmulatorSession();
  const lambdaClock = new EmulatorSession();
  let deployedAt = 0;
  beforeAll(async () => {
    await loop.open();
    await lambdaClock.open();
    await Promise.all([loop.deploy(LOOP), lambdaClock.deploy(LAMBDA_CLOCK)]);
    deployedAt = Date.now();
  }, 6 * MINUTE_MS);
  afterAll(async () => {
    await loop.close();
    await lambdaClock.close();
  }, MINUTE_MS);

  // Both clocks run from the deploy on, so the second test finds most of its minutes gone by.
  it(
    "counts an sfn-loop's transitions, invocations, claims, GB-seconds and log bytes a minute",
    async () => {
      const counter = new Counter(loop);
      const window = await counter.steadyWindow(deployedAt);
      // The last run ends with the last tick of the minute after its own.
      await sleep(window.to + 20_000 - Date.now());

      for (const schedule of ["heartbeat", "slow"]) {
        const used = await counter.transitions(schedule, window);
        expect([schedule, used]).toEqual([schedule, expected(LOOP, "state machine", "transition", schedule)]);
      }
      const lines = await counter.lines("iterator", window);
      expect(invocations(lines)).toBe(expected(LOOP, "Iterator", "lambdaRequest"));

      // A refused claim leaves no row; a plan asks for as many minutes as its horizon has, and logs those it got.
      const plans = lines.filter((line) => line.includes('"run.planned"'));
      const refused = plans.reduce(
        (sum, line) => sum + HORIZON - (JSON.parse(line) as { minutes: number[] }).minutes.length,
        0,
      );
      // And it tries a tick that came due in the minute before: each plan of heartbeat, every other one of slow.
      const claims = (await counter.rows(window)).length + refused + (plans.length * 3) / 4;
      expect(claims).toBeCloseTo(expected(LOOP, "ledger", "ledgerWrite"), 1);

      const billed = expected(LOOP, "Iterator", "lambdaGbSecond");
      expect(gbSeconds(lines, 256) / billed).toBeGreaterThan(0.8);
      expect(gbSeconds(lines, 256) / billed).toBeLessThan(1.1);
      const logged = expected(LOOP, "Iterator", "logGb") * 1e9;
      expect(bytes(lines) / logged).toBeGreaterThan(0.5);
      expect(bytes(lines) / logged).toBeLessThan(1);
    },
    6 * MINUTE_MS,
  );

  it(
    "counts a lambda-clock's invocations, claims, deliveries, GB-seconds and log bytes a minute",
    async () => {
      const counter = new Counter(lambdaClock);
      const window = await counter.steadyWindow(deployedAt);
      await sleep(Math.max(0, window.to + 5_000 - Date.now()));

      const lines = await counter.lines("LambdaClock", window);
      const measured = await counter.lines("latency-analyser", window);
      const started = await counter.lines("sample-target", window);
      expect(invocations(lines)).toBe(expected(LAMBDA_CLOCK, "LambdaClock", "lambdaRequest"));
      expect(invocations(measured)).toBe(expected(LAMBDA_CLOCK, "analyser", "lambdaRequest"));
      expect(invocations(measured) + invocations(started)).toBe(expected(LAMBDA_CLOCK, "topics", "topicDelivery"));
      // Each claim is logged: the tick was dispatched, or left to the other firing.
      const claims = count(lines, '"tick.dispatched"') + count(lines, '"tick.suppressed"');
      expect(claims).toBe(expected(LAMBDA_CLOCK, "ledger", "ledgerWrite"));
      // A row is a tick that was published to its one topic; as many requests open the connection.
      expect(2 * (await counter.rows(window)).length).toBe(expected(LAMBDA_CLOCK, "topics", "topicRequest"));

      // The emulator's rules fire at second 37 and up to 0.4 s later.
      const waits = clockUsage(describeClock(localEnvironment(LAMBDA_CLOCK)), { firingSecond: 37.2 })
        .filter(({ part, resource }) => part === "LambdaClock" && resource === "lambdaGbSecond")
        .reduce((sum, { perMinute }) => sum + MINUTES * perMinute, 0);
      expect(gbSeconds(lines, 128) / waits).toBeGreaterThan(0.97);
      expect(gbSeconds(lines, 128) / waits).toBeLessThan(1.02);
      const logged = expected(LAMBDA_CLOCK, "LambdaClock", "logGb") * 1e9;
      expect(bytes(lines) / logged).toBeGreaterThan(0.5);
      expect(bytes(lines) / logged).toBeLessThan(1);
    },
    6 * MINUTE_MS,
  );
});
