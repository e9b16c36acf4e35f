import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListStateMachinesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { ClockReport } from "../../../cli/report/schedule-report";
import { buildReport } from "../../../cli/report/summary";
import { localTickEvents, scheduleTimings } from "../../../cli/report/tick-logs";
import { type Followed, followTicks } from "../../../cli/start/follow";
import { LOCAL, type LocalFields, LocalSession } from "../../../cli/start/session";
import type { Environment } from "../../../config/environment";
import { functionLogGroup, physicalName } from "../../../constructs/naming";
import { askEmulator, emulatorCredentials } from "../../../emulator/access-key";
import { interruption } from "../../../host/interruption";
import { WORK_DIR } from "../../../host/work-dir";
import { SECOND_MS } from "../../../schedule/duration";

/** A fault that the emulator puts on a rule's coming firings. */
export interface Fault {
  readonly rule: string;
  readonly fault: "twice" | "late" | "lost";
  readonly delaySeconds?: number;
  readonly afterFirings?: number;
}

/** Requests that the emulator is to carry out, or not, and never answers. */
export interface WithheldAnswer {
  readonly service: "dynamodb" | "lambda" | "sns" | "states";
  readonly operation: string;
  readonly carriedOut: boolean;
  /** A text of the request's path or body. @default any */
  readonly contains?: string;
  /** How many requests. @default 1 */
  readonly requests?: number;
  /** How many requests that are answered come first. @default 0 */
  readonly afterRequests?: number;
}

/** Time that commands get to end in order before the process does, in ms. */
const END_GRACE_MS = 5_000;

/** Aborts when the run is ended; soon after the process ends too, as no test is waited for any more. */
function endedWithItsRun(): AbortSignal {
  const { signal } = interruption();
  signal.addEventListener("abort", () => setTimeout(() => process.exit(130), END_GRACE_MS), { once: true });
  return signal;
}

/** The local environment on an emulator of its own, for one file of tests: real Terraform, real handlers. */
export class EmulatorSession {
  private readonly directory = mkdtempSync(join(WORK_DIR, "e2e-"));
  /** The directory that cdktf synthesizes into. */
  readonly output: string;
  private readonly removeDirectory = () => rmSync(this.directory, { recursive: true, force: true });
  readonly session: LocalSession;

  /**
   * @param output another session's output directory, to synthesize into.
   * @param env the variables of the commands. @default this process's
   */
  constructor(output?: string, env = process.env) {
    this.output = output ?? join(this.directory, "cdktf.out");
    this.session = new LocalSession({
      env,
      signal: endedWithItsRun(),
      keep: false,
      directory: join(this.directory, "aws"),
      output: this.output,
    });
  }

  async open(): Promise<void> {
    process.once("exit", this.removeDirectory);
    await Promise.all([this.session.start(), this.session.useProviders()]);
    await this.session.createStateBucket();
  }

  async close(): Promise<void> {
    await this.session.stop();
    this.removeDirectory();
    process.off("exit", this.removeDirectory);
  }

  deploy(fields: LocalFields): Promise<Environment> {
    return this.session.deploy(fields);
  }

  /** Puts faults on the rules of the environment. */
  async inject(faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) await this.addFault({ firings: 1, ...fault });
  }

  /** Withholds answers to coming requests. */
  async withhold(faults: readonly WithheldAnswer[]): Promise<void> {
    for (const fault of faults) await this.addFault({ fault: "answer-withheld", ...fault });
  }

  /** The requests whose answers were withheld, oldest first. */
  async withheld(): Promise<readonly Pick<WithheldAnswer, "service" | "operation" | "carriedOut">[]> {
    const { withheld } = (await askEmulator(this.session.emulator.endpoint, "faults")) as {
      withheld: (Pick<WithheldAnswer, "service" | "operation" | "carriedOut"> & { at: string })[];
    };
    return withheld.map(({ at, ...request }) => request);
  }

  /** What the rules did: each firing's fault, or none. */
  async firings(): Promise<
    readonly { readonly rule: string; readonly firedAt: string; readonly fault: string | null }[]
  > {
    const { firings } = (await askEmulator(this.session.emulator.endpoint, "firings")) as {
      firings: { rule: string; firedAt: string; fault: string | null }[];
    };
    return firings;
  }

  /** Follows the ticks of a deployed environment for a span from its first tick on, and reports. */
  async observe(environment: Environment, forMs: number): Promise<{ followed: Followed; report: ClockReport }> {
    const followed = await followTicks({
      events: localTickEvents(this.session.emulator.endpoint, environment, Date.now()),
      schedules: scheduleTimings(environment),
      output: { write: () => undefined },
      forMs,
    });
    const { schedules, ticks } = followed;
    return { followed, report: buildReport({ generatedAt: Date.now(), observed: "e2e", schedules, ticks }) };
  }

  /** The lines of a function's log. */
  async logLines(role: string): Promise<string[]> {
    const logGroupName = functionLogGroup(physicalName(LOCAL, role));
    const lines = new Map<string, string>();
    const client = new CloudWatchLogsClient(this.client);
    // The emulator answers with the oldest 10,000 events at most, and without a token for the others.
    for (let startTime = 0; ; ) {
      const before = lines.size;
      const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName, startTime }));
      for (const { eventId, timestamp, message = "" } of events)
        lines.set(`${eventId} ${timestamp} ${message}`, message);
      if (lines.size === before) return [...lines.values()];
      startTime = events.at(-1)?.timestamp ?? startTime;
    }
  }

  /** The names of all that the stacks could have left behind. */
  async leftovers(): Promise<string[]> {
    const { functions, machines, tables, topics, groups, queues, mappings } = {
      functions: (await new LambdaClient(this.client).send(new ListFunctionsCommand({}))).Functions,
      machines: (await new SFNClient(this.client).send(new ListStateMachinesCommand({}))).stateMachines,
      tables: (await new DynamoDBClient(this.client).send(new ListTablesCommand({}))).TableNames,
      topics: (await new SNSClient(this.client).send(new ListTopicsCommand({}))).Topics,
      groups: (await new CloudWatchLogsClient(this.client).send(new DescribeLogGroupsCommand({}))).logGroups,
      queues: (await new SQSClient(this.client).send(new ListQueuesCommand({}))).QueueUrls,
      mappings: (await new LambdaClient(this.client).send(new ListEventSourceMappingsCommand({}))).EventSourceMappings,
    };
    return [
      ...(functions ?? []).map(({ FunctionName }) => String(FunctionName)),
      ...(machines ?? []).map(({ name }) => String(name)),
      ...(tables ?? []),
      ...(topics ?? []).map(({ TopicArn }) => String(TopicArn)),
      ...(groups ?? []).map(({ logGroupName }) => String(logGroupName)),
      ...(queues ?? []).map((url) => String(url.split("/").at(-1))),
      ...(mappings ?? []).map(({ UUID }) => String(UUID)),
    ];
  }

  private addFault(post: object): Promise<unknown> {
    return askEmulator(this.session.emulator.endpoint, "faults", { post });
  }

  private get client() {
    const { endpoint } = this.session.emulator;
    return {
      endpoint,
      region: "us-east-1",
      credentials: emulatorCredentials(endpoint),
    };
  }
}

/**
 * The most that a dispatch may be late in an end-to-end test, in ms. Several clocks share two cores there, so a tick may
 * wait for a processor. How exact a clock is on an idle machine is measured by `npm run bench`.
 */
export const LATE_MS = 5 * SECOND_MS;

/** What a clock without a flaw has none of. */
export const NO_FLAWS = { missed: 0, duplicate: 0, offGrid: 0, late: false, partial: 0, early: false };

/** The flaws in a report, by schedule. */
export function flaws(report: ClockReport): Record<string, typeof NO_FLAWS> {
  return Object.fromEntries(
    report.schedules.map(({ schedule, outcomes, duplicate, offGrid, partial, dispatchSkewMs }) => [
      schedule,
      {
        missed: outcomes.missed + outcomes["duplicate-suppressed"],
        duplicate,
        offGrid,
        late: (dispatchSkewMs?.max ?? 0) > LATE_MS,
        partial,
        early: (dispatchSkewMs?.min ?? 0) < 0,
      },
    ]),
  );
}
