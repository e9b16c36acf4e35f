import { resolve } from "node:path";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CommanderError } from "commander";
import { Listr } from "listr2";
import type { Environment } from "../../config/environment";
import { environments } from "../../config/environments";
import { OVERRIDES_VARIABLE, withOverrides } from "../../config/overrides";
import { parseEnvironments } from "../../config/parse";
import { DUMMY_CREDENTIALS } from "../../emulator/aws-environment";
import { runningEmulator } from "../../emulator/emulator";
import { type ClockReading, readClock } from "../report/read-clock";
import { isLong, readFailure } from "../report/read-failure";
import { RecordsFile, writeReport } from "../report/report-files";
import { type ReportOptions, readReportOptions } from "../report/report-options";
import type { ClockReport } from "../report/schedule-report";
import { renderReport } from "../report/table";
import { scheduleTimings, tickLogGroups } from "../report/tick-logs";
import { LOCAL } from "../start/session";

/** Exit codes of `npm run report`. */
const EXIT = { ok: 0, failed: 1, usage: 2, missed: 99 } as const;

/** How often progress is told where each text is a line of its own, in ms. */
const TELL_EVERY_MS = 5_000;

/** Requests that are throttled are made again this often: a long read meets the account's limit of FilterLogEvents. */
const MAX_ATTEMPTS = 12;

async function main(): Promise<number> {
  const options = readReportOptions(process.argv.slice(2), Date.now());
  const environment = environmentNamed(options.environment);
  const reading = await readingOf(options, environment);
  const directory = resolve(options.out);
  const writesTicks = options.ticks ?? !isLong(reading.schedules, options.span);
  const records = writesTicks ? new RecordsFile(directory) : undefined;
  const isTTY = process.stdout.isTTY === true;
  const report = await withProgress(
    { ...reading, onRecord: records && ((record) => records.write(record)) },
    `Reading the logs of ${options.environment}`,
    isTTY,
  );
  records?.close();
  const files = [...(records ? ["ticks.jsonl"] : []), ...writeReport(directory, report)];
  console.log(renderReport(report, { colour: isTTY && !process.env.NO_COLOR }));
  console.log(`Written to ${options.out}: ${files.join(", ")}`);
  return report.ok ? EXIT.ok : EXIT.missed;
}

/** A command line that asks for what is not there. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws UsageError where there is no such environment; ConfigError where the configuration is wrong. */
function environmentNamed(name: string): Environment {
  const all = parseEnvironments(withOverrides(environments, process.env[OVERRIDES_VARIABLE]));
  const environment = all[name];
  if (environment) return environment;
  throw new UsageError(
    `"${name}" is not an environment of config/environments.ts. There are: ${Object.keys(all).join(", ")}.`,
  );
}

async function readingOf(options: ReportOptions, environment: Environment): Promise<ClockReading> {
  const { strategy, schedules, region } = environment;
  const emulator = options.environment === LOCAL ? await runningEmulator() : undefined;
  const endpoint = emulator?.endpoint ?? environment.endpoint;
  const embedded = endpoint !== undefined;
  const client = new CloudWatchLogsClient({
    region,
    maxAttempts: MAX_ATTEMPTS,
    ...(embedded && { endpoint, credentials: DUMMY_CREDENTIALS, maxAttempts: 2 }),
  });
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

/** Reads the clock, telling how far it has come. @throws Error with a remedy. */
async function withProgress(reading: ClockReading, title: string, isTTY: boolean): Promise<ClockReport> {
  let report: ClockReport | undefined;
  let toldAt = Date.now();
  const read = new Listr([
    {
      title,
      task: async (_, task) => {
        const onProgress = (share: number, ticks: number) => {
          if (!isTTY && Date.now() < toldAt + TELL_EVERY_MS) return;
          toldAt = Date.now();
          task.output = `${Math.floor(share * 100)} % of the span read, ${ticks.toLocaleString("en")} ticks so far`;
        };
        report = await readClock({ ...reading, onProgress });
      },
    },
  ]);
  try {
    await read.run();
  } catch (error) {
    throw readFailure(error, reading.about.observed);
  }
  return report as ClockReport;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(error instanceof UsageError ? EXIT.usage : EXIT.failed);
  },
);
