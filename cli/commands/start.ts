import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CommanderError } from "commander";
import { Listr, type ListrTask } from "listr2";
import type { Environment } from "../../config/environment";
import { stackId } from "../../constructs/naming";
import { interruption } from "../../host/interruption";
import { MINUTE_MS, msToDuration } from "../../schedule/duration";
import { ON_TIME_WITHIN_MS } from "../../schedule/outcome";
import { strategyOf } from "../../strategies";
import { examine, renderFindings } from "../doctor/doctor";
import { toJsonLines } from "../report/records";
import { writeReport } from "../report/report-files";
import { buildReport } from "../report/summary";
import { renderReport } from "../report/table";
import { localTickEvents, scheduleTimings } from "../report/tick-logs";
import { type Followed, followTicks } from "../start/follow";
import { followClock } from "../start/follow-clock";
import {
  LOCAL,
  type LocalFields,
  LocalSession,
  localAwsConstraint,
  localConfig,
  localEnvironment,
} from "../start/session";
import { fieldsFor, readStartOptions, type StartOptions } from "../start/start-options";

/** Exit codes of `npm start`. */
const EXIT = { ok: 0, failed: 1, usage: 2, doctor: 3, missedTicks: 99, interrupted: 130 } as const;

/** Largest p99 of |dispatch skew| that passes: half a second, as for one tick, because the machine may have much else to do. */
const DISPATCH_SKEW_LIMIT_MS = ON_TIME_WITHIN_MS;

/** The first tick comes at the latest when the rule has fired (within a minute and its second) and a minute was planned. */
const FIRST_TICK_WITHIN_MS = 3 * MINUTE_MS;

/** A step that failed: the list of steps says so in a word, and its cause is told in full below. */
class StepError extends Error {
  override readonly name = "StepError";
}

async function main(): Promise<number> {
  const options = readStartOptions(process.argv.slice(2));
  const configured = localEnvironment({});
  const { fields, notes } = fieldsFor(options, localConfig(), configured);
  const environment = localEnvironment(fields);
  const { signal, endedBy } = interruption();

  const findings = await examine(process.env, localAwsConstraint());
  if (findings.some(({ state }) => state === "missing")) {
    console.error(renderFindings(findings.filter(({ state }) => state === "missing")));
    return EXIT.doctor;
  }
  console.log(heading(environment));
  for (const note of notes) console.log(`  ${note}`);

  // The configuration's port where it is free, so that a plain `npx cdktf` finds a kept clock.
  const preferredPort = Number(new URL(configured.endpoint ?? "http://127.0.0.1:0").port);
  const session = new LocalSession({ env: process.env, keep: options.keep, preferredPort, signal });
  const providerNotes: string[] = [];
  let keep = false;
  try {
    const since = Date.now();
    // Its own signal handling would end this process before what it has started is ended.
    const display = { registerSignalListeners: false, rendererOptions: { collapseSubtasks: false } };
    await new Listr(setUp(session, fields, providerNotes), display).run();
    for (const note of providerNotes) console.log(`  ${note}`);
    keep = options.keep || session.emulator.reused;
    const followed = await follow(session, environment, options, since, signal);
    const ok = report(followed, environment, options);
    if (endedBy()) return EXIT.interrupted;
    return ok ? EXIT.ok : EXIT.missedTicks;
  } catch (error) {
    if (signal.aborted) {
      console.error(`\nEnded by ${endedBy()}.`);
      return EXIT.interrupted;
    }
    throw error;
  } finally {
    if (keep) console.log(keepText(session, fields));
    else await session.stop();
  }
}

function heading({ strategy, schedules }: Environment): string {
  const { pacings, timing } = strategyOf(strategy);
  const pacing = pacings.length > 0 ? `, ${timing(strategy).grid ? "clock" : "relative"} pacing` : "";
  const clocks = schedules.map(({ name, intervalMs }) => `${name} every ${msToDuration(intervalMs)}`).join(", ");
  return `${stackId(LOCAL)}: ${strategy.kind}${pacing}, ${clocks}`;
}

/** The steps until the clock is deployed; the emulator and the providers, which are independent, side by side. */
function setUp(session: LocalSession, fields: LocalFields, providerNotes: string[]): ListrTask[] {
  return [
    {
      title: "Embedded AWS and Terraform providers",
      task: (_, task) =>
        task.newListr(
          [
            {
              title: "Embedded AWS",
              task: async (_, task) => {
                const { endpoint, reused } = await session.start();
                task.title = `Embedded AWS on ${endpoint}${reused ? " (still running)" : ""}`;
              },
            },
            {
              title: "Terraform providers",
              task: async (_, task) => {
                const say = (text: string) => {
                  task.output = text;
                };
                providerNotes.push(...(await session.useProviders(say)));
              },
            },
          ],
          { concurrent: true },
        ),
    },
    { title: "State bucket", task: () => session.createStateBucket() },
    {
      title: `cdktf deploy ${stackId(LOCAL)}`,
      task: async (_, task) => {
        const start = Date.now();
        let told = -1;
        const deployed = session.deploy(fields, ({ done, planned, now }) => {
          // Where each text is a line of its own, one a finished resource is enough.
          if (!process.stdout.isTTY && done === told) return;
          told = done;
          task.output = `${planned > 0 ? `${done} of ${planned} resources, ` : ""}${now}`;
        });
        await deployed.catch((error: Error) => {
          throw new StepError("failed", { cause: error });
        });
        task.title = `cdktf deploy ${stackId(LOCAL)} (${Math.round((Date.now() - start) / 1000)} s)`;
      },
    },
  ];
}

async function follow(
  session: LocalSession,
  environment: Environment,
  { forMs }: StartOptions,
  from: number,
  signal: AbortSignal,
): Promise<Followed> {
  const isTTY = process.stdout.isTTY === true;
  console.log(`Following for ${msToDuration(forMs)} from the first tick on.`);
  return followTicks({
    events: localTickEvents(session.emulator.endpoint, environment, from),
    schedules: scheduleTimings(environment),
    clock: followClock,
    output: {
      write: (text) => process.stdout.write(text),
      isTTY,
      colour: isTTY && !process.env.NO_COLOR,
      columns: process.stdout.columns,
    },
    forMs,
    firstTickTimeoutMs: FIRST_TICK_WITHIN_MS,
    signal,
  });
}

/** Writes the files, prints the tables. @returns whether every tick that was due came exactly once, and nearly all on time. */
function report({ schedules, ticks, records }: Followed, { strategy }: Environment, { out }: StartOptions): boolean {
  if (schedules.length === 0) return false;
  const summary = buildReport({
    generatedAt: Date.now(),
    observed: `${LOCAL}, ${strategy.kind} (embedded AWS)`,
    embedded: true,
    schedules,
    ticks,
    dispatchSkewLimitMs: DISPATCH_SKEW_LIMIT_MS,
  });
  const directory = resolve(out);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "ticks.jsonl"), toJsonLines(records));
  const files = ["ticks.jsonl", ...writeReport(directory, summary)];
  console.log(renderReport(summary, { colour: process.stdout.isTTY === true && !process.env.NO_COLOR }));
  console.log(`Written to ${out}: ${files.join(", ")}`);
  return summary.ok;
}

function keepText(session: LocalSession, fields: LocalFields): string {
  const exports = Object.entries(session.settings(fields)).map(([name, value]) => `  export ${name}='${value}'`);
  return [
    `The embedded AWS goes on at ${session.emulator.endpoint}, and its clock with it. npm stop ends it; npm start takes it up again.`,
    `For cdktf on it, such as npx cdktf diff ${stackId(LOCAL)}:`,
    ...exports,
  ].join("\n");
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    const told = error instanceof StepError ? error.cause : error;
    console.error(told instanceof Error ? told.message : String(told));
    process.exit(EXIT.failed);
  },
);
