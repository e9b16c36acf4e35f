import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ListrTask } from "listr2";
import { sync as writeFile } from "write-file-atomic";
import type { Environment } from "../../config/environment";
import { SECOND_MS } from "../../schedule/duration";
import type { Span } from "../../schedule/outcome";
import { iso } from "../../schedule/tick";
import { strategyOf } from "../../strategies";
import type { Context } from "../lib/context";
import { EXIT } from "../lib/exit";
import { minutesAndSeconds } from "../lib/progress";
import { reporter, runSteps } from "../lib/steps";
import { pagesOf } from "../report/log-reader";
import { type ClockReading, readClock } from "../report/read-clock";
import { readFailure } from "../report/read-failure";
import { readingOf } from "../report/report";
import { writeReport } from "../report/report-files";
import type { ClockReport } from "../report/schedule-report";
import { renderReport } from "../report/table";
import { configuredEnvironment } from "../terraform/access";
import { findingsOf, type Verification, verificationSchema } from "./findings";
import { invocationsOf, type StreamLine } from "./invocations";
import { figuresOf } from "./measures";
import { renderFindings } from "./table";

/** What a verification is asked for. */
export interface VerifyOptions {
  readonly environment: string;
  /** How long the clock is followed, in ms. */
  readonly forMs: number;
  /** Directory for the files. */
  readonly out: string;
  /** Largest p99 of |dispatch skew| that passes, in ms. */
  readonly maxSkewMs: number;
}

/**
 * After a span, how long until all its lines can be read, in ms: CloudWatch needs seconds. The embedded AWS shows an
 * invocation's lines when it has ended, and LambdaClock runs for up to two minutes.
 */
const READABLE_AFTER_MS = { aws: 30 * SECOND_MS, embedded: 120 * SECOND_MS } as const;

/** How often the time to go is printed, in ms: as a line of its own, and on a terminal. */
const PRINT_EVERY_MS = 30 * SECOND_MS;
const TURN_MS = SECOND_MS;

/**
 * Follows a deployed clock for some minutes: says whether it keeps time, and measures what its design assumes of AWS.
 * Writes `verify.json`, and the report of the span beside it.
 *
 * @returns the exit code: 99 if the clock did not keep time. An assumption that does not hold is printed and written, and
 * changes no exit code, because the clock may keep time all the same.
 * @throws Error with a remedy.
 */
export async function verify(options: VerifyOptions, { env, terminal, signal }: Context): Promise<number> {
  const environment = configuredEnvironment(options.environment, env);
  const from = Date.now();
  const span = { from, to: from + options.forMs };
  const reading = await readingOf({ ...options, span }, environment);
  const { embedded } = reading.about;
  let report: ClockReport | undefined;
  let verification: Verification | undefined;
  const follow: ListrTask = {
    title: `Following ${options.environment}`,
    task: async (_, task) => {
      await anyLogs(reading);
      const print = reporter(task, terminal.isTTY, PRINT_EVERY_MS);
      const readable = span.to + READABLE_AFTER_MS[embedded ? "embedded" : "aws"];
      await waitUntil(span.to, signal, (ms) => print(`${minutesAndSeconds(ms)} to go`));
      await waitUntil(readable, signal, (ms) => print(`its last lines can be read in ${minutesAndSeconds(ms)}`));
    },
  };
  const measure: ListrTask = {
    title: "Reading its logs",
    task: async () => {
      report = await readClock({ ...reading, about: { ...reading.about, generatedAt: Date.now() }, signal });
      verification = await verificationOf(options.environment, environment, { ...reading, signal }, report);
    },
  };
  try {
    await runSteps([follow, measure]);
  } catch (error) {
    throw signal.aborted ? error : readFailure(error, reading.about.observed);
  }
  const [read, found] = [report as ClockReport, verification as Verification];
  const directory = resolve(options.out);
  mkdirSync(directory, { recursive: true });
  const files = [...writeReport(directory, read), "verify.json"];
  writeFile(join(directory, "verify.json"), `${JSON.stringify(verificationSchema.parse(found), null, 2)}\n`);
  console.log(renderReport(read, terminal));
  console.log(renderFindings(found, terminal));
  console.log(`Written to ${options.out}: ${files.join(", ")}`);
  return read.ok ? EXIT.ok : EXIT.missed;
}

/** Asks for the logs before minutes are spent. @throws LogsMissingError, or the client's errors. */
async function anyLogs(reading: ClockReading): Promise<void> {
  const now = Date.now();
  await readClock({ ...reading, span: { from: now - SECOND_MS, to: now } });
}

async function waitUntil(instant: number, signal: AbortSignal, print: (toGoMs: number) => void): Promise<void> {
  for (let toGo = instant - Date.now(); toGo > 0; toGo = instant - Date.now()) {
    print(toGo);
    await sleep(Math.min(toGo, TURN_MS), undefined, { signal });
  }
}

async function verificationOf(
  name: string,
  { strategy, region }: Environment,
  reading: ClockReading,
  report: ClockReport,
): Promise<Verification> {
  const kind = strategyOf(strategy);
  const span = spanOf(report, reading.span);
  const figures = figuresOf({
    invocations: invocationsOf(await linesOf(reading, span)),
    dispatching: reading.logGroups.dispatching,
    logsPlans: kind.timing(strategy).logsPlans,
    leads: new Map(reading.schedules.flatMap(({ name, leadMs }) => (leadMs ? [[name, leadMs] as const] : []))),
    span,
  });
  return {
    schemaVersion: 1,
    generatedAt: iso(Date.now()),
    environment: name,
    region,
    strategy: kind.name(strategy),
    embedded: reading.about.embedded ?? false,
    span: { from: iso(span.from), to: iso(span.to) },
    keepsTime: report.ok,
    assumptions: findingsOf(kind.assumptions(strategy), figures),
  };
}

/** The span in which the clock ran: if it was deployed within the span, it begins with its first tick. */
function spanOf({ schedules }: ClockReport, { to }: Span): Span {
  return { from: Math.min(to, ...schedules.map(({ span }) => Date.parse(span.from))), to };
}

/** All lines of the clock's functions; those of an invocation may bear the instant at which it ended. */
async function linesOf(reading: ClockReading, { from }: Span): Promise<StreamLine[]> {
  const lines: StreamLine[] = [];
  for (const group of reading.logGroups.all) {
    for await (const page of pagesOf({ ...reading, logGroups: [group], from }, group, from)) {
      for (const { logStreamName = "", message = "" } of page) {
        lines.push({ group, stream: logStreamName, text: message });
      }
    }
  }
  return lines;
}
