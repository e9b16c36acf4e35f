import { resolve } from "node:path";
import type { ListrTask } from "listr2";
import type { Environment } from "../../config/environment";
import { environments } from "../../config/environments";
import type { EnvironmentConfig } from "../../config/schema";
import { stackId } from "../../constructs/naming";
import { emulatorCredentials } from "../../emulator/access-key";
import { runningEmulator } from "../../emulator/emulator";
import { msToDuration } from "../../schedule/duration";
import { ON_TIME_WITHIN_MS } from "../../schedule/outcome";
import { examine, renderFindings } from "../doctor/doctor";
import type { Context, Terminal } from "../lib/context";
import { EXIT } from "../lib/exit";
import { rhythm } from "../lib/rhythm";
import { shellWord } from "../lib/shell-word";
import { reporter, runSteps, stepped } from "../lib/steps";
import { visibleLine } from "../lib/visible";

import { RecordsFile, writeReport } from "../report/report-files";

import { buildReport } from "../report/summary";
import { renderReport } from "../report/table";
import { localTickEvents, scheduleTimings } from "../report/tick-logs";
import { type Followed, followTicks } from "./follow";
import { type ClockOptions, fieldsFor } from "./local-fields";
import { LOCAL, type LocalFields, LocalSession, localAwsConstraint, localEnvironment } from "./session";

/** Largest p99 of |dispatch skew| that passes: half a second, as for one tick, because the machine may have much else to do. */
const DISPATCH_SKEW_LIMIT_MS = ON_TIME_WITHIN_MS;

/** What `start` is asked for. */
export interface StartOptions extends ClockOptions {
  /** Span that is followed, from the first tick on; ms. */
  readonly forMs: number;
  /** Directory for `ticks.jsonl`, `report.json` and `report.html`. */
  readonly out: string;
  /** Whether the embedded AWS goes on afterwards. */
  readonly keep: boolean;
  /** Whether each function gets the share of a processor that its memory buys on AWS. */
  readonly processorShare: boolean;
}

/** Deploys the local clock, follows its ticks, and reports. @returns the exit code. @throws Error */
export async function start(options: StartOptions, context: Context): Promise<number> {
  const { env, signal, terminal } = context;
  const configured = localEnvironment({});
  const { fields, notes } = fieldsFor(options, environments[LOCAL] as EnvironmentConfig);
  const environment = localEnvironment(fields);

  const running = await runningEmulator();
  if (running && !running.keep) {
    throw new Error(
      `Another npm start or plan of this checkout is running, with the embedded AWS at ${running.endpoint}. Wait for its end, or end it with Ctrl-C in its terminal. To run two at once, use a second clone.`,
    );
  }
  const missing = (await examine(env, localAwsConstraint())).filter(({ state }) => state === "missing");
  if (missing.length > 0) {
    console.error(renderFindings(missing));
    return EXIT.machine;
  }
  const clocks = environment.schedules.map(({ name, ...schedule }) => `${name} ${rhythm(schedule)}`).join(", ");
  const { strategy } = environment;
  const kind = "pacing" in strategy ? `${strategy.kind}, ${strategy.pacing} pacing` : strategy.kind;
  console.log(`${stackId(LOCAL)}: ${kind}, ${clocks}`);
  for (const note of notes) console.log(`  ${note}`);

  // The configuration's port if it is free, so that a plain `npx cdktf` finds a kept clock.
  const preferredPort = Number(new URL(configured.endpoint ?? "http://127.0.0.1:0").port);
  const { keep: kept, processorShare } = options;
  const session = new LocalSession({ env, keep: kept, preferredPort, processorShare, signal });
  const providerNotes: string[] = [];
  let keep = false;
  try {
    const since = Date.now();
    await runSteps(setUp(session, fields, providerNotes, terminal.isTTY));
    for (const note of providerNotes) console.log(`  ${note}`);
    keep = options.keep;
    const paused = environment.schedules.filter((schedule) => schedule.paused !== null);
    for (const { name, paused: why } of paused)
      console.log(`${name} is paused (${visibleLine(why ?? "")}): it has no ticks.`);
    if (paused.length === environment.schedules.length) {
      console.log(
        'The clock is paused, so there is nothing to follow. To let it tick, remove "enabled: false" from config/environments.ts.',
      );
      return EXIT.ok;
    }
    console.log(`Following for ${msToDuration(options.forMs)} from the first tick on.`);
    const followed = await followTicks({
      events: localTickEvents(session.emulator.endpoint, environment, since),
      schedules: scheduleTimings(environment),
      output: { write: (text) => process.stdout.write(text), ...terminal },
      forMs: options.forMs,
      paused: new Set(paused.map(({ name }) => name)),
      signal,
    });
    const ok = report(followed, environment, options.out, terminal);
    if (signal.aborted) return EXIT.interrupted;
    return ok ? EXIT.ok : EXIT.missed;
  } finally {
    if (keep || session.reused) console.log(keepText(session, fields));
    else await session.stop();
  }
}

/** The steps until the clock is deployed. */
function setUp(session: LocalSession, fields: LocalFields, providerNotes: string[], isTTY: boolean): ListrTask[] {
  return [
    {
      title: "Embedded AWS and Terraform providers",
      task: async (_, task) => {
        const providers = session.useProviders(reporter(task, isTTY));
        const [{ endpoint, reused }, notes] = await Promise.all([session.start(), providers]);
        providerNotes.push(...notes);
        await session.createStateBucket();
        task.title = `Embedded AWS on ${endpoint}${reused ? " (still running)" : ""}`;
      },
    },
    {
      title: `cdktf deploy ${stackId(LOCAL)}`,
      task: async (_, task) => {
        const start = Date.now();
        let printed = -1;
        const deployed = session.deploy(fields, ({ done, planned, now }) => {
          // If each text is a line of its own, one a finished resource is enough.
          if (!isTTY && done === printed) return;
          printed = done;
          task.output = visibleLine(`${planned > 0 ? `${done} of ${planned} resources, ` : ""}${now}`);
        });
        await stepped(deployed);
        await session.fireSoon();
        task.title = `cdktf deploy ${stackId(LOCAL)} (${Math.round((Date.now() - start) / 1000)} s)`;
      },
    },
  ];
}

/** Writes the files, prints the tables. @returns whether every tick that was due came exactly once, and nearly all on time. */
function report(
  { schedules, ticks, records }: Followed,
  { strategy }: Environment,
  out: string,
  terminal: Terminal,
): boolean {
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
  const file = new RecordsFile(directory);
  for (const record of records) file.write(record);
  file.close();
  const files = ["ticks.jsonl", ...writeReport(directory, summary)];
  console.log(renderReport(summary, terminal));
  console.log(`Written to ${out}: ${files.join(", ")}`);
  return summary.ok;
}

function keepText(session: LocalSession, fields: LocalFields): string {
  return [
    `The embedded AWS keeps running at ${session.emulator.endpoint}, and its clock with it. npm stop ends it; npm start uses it again.`,
    `To use cdktf on it, such as npx cdktf diff ${stackId(LOCAL)}, in a shell that is for nothing else:`,
    ...exportLines({ ...credentialVariables(session.emulator.endpoint), ...session.settings(fields) }),
  ].join("\n");
}

/** The variables with which a program uses the embedded AWS. A profile or a session of the shell would get in the way. */
function credentialVariables(endpoint: string): Record<string, string> {
  const { accessKeyId, secretAccessKey } = emulatorCredentials(endpoint);
  const none = { AWS_SESSION_TOKEN: "", AWS_PROFILE: "" };
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...none };
}

/** The lines that set these variables in a shell. */
export function exportLines(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => `  export ${name}=${shellWord(value)}`);
}
