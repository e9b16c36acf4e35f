import { resolve } from "node:path";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { ListrTask } from "listr2";
import type { Environment } from "../../config/environment";
import type { Context } from "../lib/context";
import { EXIT } from "../lib/exit";
import { reporter, runSteps } from "../lib/steps";
import { awsAccess } from "../operate/aws-access";
import { configuredEnvironment } from "../terraform/access";
import { type ClockReading, readClock } from "./read-clock";
import { isLong, readFailure } from "./read-failure";
import { RecordsFile, writeReport } from "./report-files";
import type { ReportOptions } from "./report-options";
import type { ClockReport } from "./schedule-report";
import { renderReport } from "./table";
import { scheduleTimings, tickLogGroups } from "./tick-logs";

/** How often progress is printed if each text is a line of its own, in ms. */
const PRINT_EVERY_MS = 5_000;

/** How often a throttled request is made again: a long read meets the account's limit of FilterLogEvents. */
const MAX_ATTEMPTS = 12;

/**
 * Reports on an environment of the configuration: prints the tables and writes the files.
 *
 * @returns the exit code.
 * @throws Error with a remedy.
 */
export async function report(options: ReportOptions, { env, terminal }: Context): Promise<number> {
  const environment = configuredEnvironment(options.environment, env);
  const reading = await readingOf(options, environment);
  const directory = resolve(options.out);
  const writesTicks = options.ticks ?? !isLong(reading.schedules, options.span);
  const records = writesTicks ? new RecordsFile(directory) : undefined;
  const read = await withProgress(
    { ...reading, onRecord: records && ((record) => records.write(record)) },
    `Reading the logs of ${options.environment}`,
    terminal.isTTY,
  );
  records?.close();
  const files = [...(records ? ["ticks.jsonl"] : []), ...writeReport(directory, read)];
  console.log(renderReport(read, terminal));
  console.log(`Written to ${options.out}: ${files.join(", ")}`);
  return read.ok ? EXIT.ok : EXIT.missed;
}

/** How the logs of an environment are read: of the account that the credentials are for or, for `local`, of the embedded AWS. */
export async function readingOf(
  options: Pick<ReportOptions, "environment" | "span" | "maxSkewMs">,
  environment: Environment,
): Promise<ClockReading> {
  const { strategy, schedules } = environment;
  const access = await awsAccess(environment);
  const embedded = access.endpoint !== undefined;
  const client = new CloudWatchLogsClient({ ...access, maxAttempts: embedded ? 2 : MAX_ATTEMPTS });
  return {
    client,
    logGroups: tickLogGroups(options.environment),
    schedules: scheduleTimings(environment),
    catchUpMs: Math.max(...schedules.map(({ catchUpMs }) => catchUpMs)),
    span: options.span,
    about: {
      generatedAt: Date.now(),
      observed: `${options.environment}, ${strategy.kind}${embedded ? " (embedded AWS)" : ""}`,
      embedded,
      dispatchSkewLimitMs: options.maxSkewMs,
    },
  };
}

/** Reads the clock, and prints how far it has come. @throws Error with a remedy. */
async function withProgress(reading: ClockReading, title: string, isTTY: boolean): Promise<ClockReport> {
  let read: ClockReport | undefined;
  const step: ListrTask = {
    title,
    task: async (_, task) => {
      const print = reporter(task, isTTY, PRINT_EVERY_MS);
      const onProgress = (share: number, ticks: number) =>
        print(`${Math.floor(share * 100)} % of the span read, ${ticks.toLocaleString("en")} ticks so far`);
      read = await readClock({ ...reading, onProgress });
    },
  };
  try {
    await runSteps([step]);
  } catch (error) {
    throw readFailure(error, reading.about.observed);
  }
  return read as ClockReport;
}
