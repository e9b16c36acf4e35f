import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CommanderError } from "commander";
import { Listr, type ListrTask } from "listr2";
import { emulatorEnvironment } from "../../emulator/aws-environment";
import { interruption } from "../../host/interruption";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";
import { MINUTE_MS } from "../../schedule/duration";
import type { Span } from "../../schedule/outcome";
import { type BenchFile, toBenchJson } from "../bench/bench-file";
import { type BenchOptions, readBenchOptions } from "../bench/bench-options";
import { contestants } from "../bench/contestants";
import { type DeployOptions, deployContestant, synthesizeContestants, terraformOf } from "../bench/deploy";
import { Rules, requireFaults } from "../bench/faults";
import type { BenchRun } from "../bench/figures";
import { loadNow, thisMachine } from "../bench/machine";
import { benchMarkdown, benchmarksPage } from "../bench/markdown";
import { RULE_SECOND, readableAt, readRun, steadyFrom, waitUntil } from "../bench/observe";
import { renderBench } from "../bench/table";
import { LocalSession } from "../start/session";

/** Exit codes of `npm run bench`. */
const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Deploying takes a core each. */
const DEPLOYED_AT_ONCE = 2;

/** How often progress is told where each text is a line of its own, in ms. */
const TELL_EVERY_MS = MINUTE_MS;

/** The recorded benchmark. */
const RECORD = join(PROJECT_DIR, "docs", "benchmarks.json");

/** What the steps leave to those after them. */
interface Observed {
  spans: { usual: Span; faults: Span | null };
  load: BenchFile["load"];
  terraform: string;
  runs: BenchRun[];
}

const { signal, endedBy } = interruption();

async function main(): Promise<number> {
  const options = readBenchOptions(process.argv.slice(2));
  if (options.render) {
    render(JSON.parse(readFileSync(RECORD, "utf8")));
    return EXIT.ok;
  }
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(WORK_DIR, "bench-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", remove);
  const session = new LocalSession({
    env: process.env,
    signal,
    keep: false,
    directory: join(directory, "aws"),
    output: join(directory, "cdktf.out"),
    ruleSecond: RULE_SECOND,
  });
  try {
    const observed = {} as Observed;
    // Its own signal handling would end this process before what it has started is ended.
    const display = { registerSignalListeners: false, rendererOptions: { collapseSubtasks: false } };
    await new Listr(steps(session, join(directory, "cdktf.out"), options, observed), display).run();
    write(observed, options);
    return EXIT.ok;
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error(`\nEnded by ${endedBy()}.`);
    return EXIT.interrupted;
  } finally {
    await session.stop();
    remove();
  }
}

function steps(session: LocalSession, output: string, options: BenchOptions, observed: Observed): ListrTask[] {
  const deployOptions = (): DeployOptions => {
    const { endpoint } = session.emulator;
    return {
      output,
      endpoint,
      env: { ...emulatorEnvironment(process.env, endpoint), ...session.settings({}) },
      signal,
    };
  };
  return [
    {
      title: "Embedded AWS and Terraform providers",
      task: async (_, task) => {
        await Promise.all([session.start(), session.useProviders((text) => say(task, text))]);
        task.title = `Embedded AWS on ${session.emulator.endpoint}`;
      },
    },
    {
      title: "Deploying the clocks side by side",
      task: (_, task) => {
        synthesizeContestants(contestants(), deployOptions());
        const deploying = contestants().map(
          (contestant): ListrTask => ({
            title: contestant.title,
            task: async (_, task) => {
              const deployed = deployContestant(contestant, deployOptions(), (text) => say(task, text));
              // The list of steps says so in a word; the cause is told in full below.
              await deployed.catch((cause: Error) => {
                throw new Error("failed", { cause });
              });
            },
          }),
        );
        return task.newListr(deploying, { concurrent: DEPLOYED_AT_ONCE });
      },
    },
    {
      title: "Waiting until every rule has fired and every clock runs",
      task: async (_, task) => {
        const [first] = contestants();
        if (first) observed.terraform = (await terraformOf(first, deployOptions()).versions()).terraform;
        const rules = new Rules(session.emulator.endpoint);
        const from = await steadyFrom(contestants(), rules, Date.now(), signal);
        const to = from + options.minutes * MINUTE_MS;
        const faults = options.faultMinutes > 0 ? { from: to, to: to + options.faultMinutes * MINUTE_MS } : null;
        observed.spans = { usual: { from, to }, faults };
        await waitUntil(from, signal, teller(task));
      },
    },
    {
      title: `Observing them for ${options.minutes} min`,
      task: async (_, task) => {
        const start = loadNow();
        await waitUntil(observed.spans.usual.to, signal, teller(task));
        observed.load = { usual: { start, end: loadNow() }, faults: null };
      },
    },
    {
      title: `Observing them for ${options.faultMinutes} min while their rules fire twice, late and not at all`,
      enabled: () => options.faultMinutes > 0,
      task: async (_, task) => {
        const { faults } = observed.spans;
        if (!faults) return;
        const start = loadNow();
        const rules = new Rules(session.emulator.endpoint);
        for (const { bench } of contestants()) await rules.break(bench.environment);
        await waitUntil(faults.to, signal, teller(task));
        const firings = await rules.firings();
        for (const { bench } of contestants()) requireFaults(firings, bench.environment, faults.from);
        observed.load = { ...observed.load, faults: { start, end: loadNow() } };
      },
    },
    {
      title: "Reading the logs, when the last lines are there",
      task: async (_, task) => {
        const { usual, faults } = observed.spans;
        await waitUntil(readableAt(faults ?? usual), signal, teller(task));
        observed.runs = [];
        for (const span of faults ? [usual, faults] : [usual]) {
          for (const contestant of contestants()) {
            say(task, contestant.title);
            const run = await readRun(contestant, session.emulator.endpoint, span, span === faults, signal);
            observed.runs.push(run);
          }
        }
      },
    },
  ];
}

type Task = Parameters<ListrTask["task"]>[1];

function say(task: Task, text: string): void {
  task.output = text;
}

/** Tells the time to go: each second on a terminal, else each minute. */
function teller(task: Task): (toGoMs: number) => void {
  let told = Number.POSITIVE_INFINITY;
  return (toGoMs) => {
    if (!process.stdout.isTTY && toGoMs > told - TELL_EVERY_MS) return;
    told = toGoMs;
    const seconds = Math.ceil(toGoMs / 1_000);
    say(task, `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s to go`);
  };
}

/** Prints the tables and writes the files. */
function write({ runs, load, terraform }: Observed, options: BenchOptions): void {
  const json = toBenchJson({
    recordedAt: new Date().toISOString(),
    machine: thisMachine(terraform),
    load,
    command: `npm run bench -- --for ${options.minutes}m${options.faultMinutes > 0 ? "" : " --no-faults"} --record`,
    runs,
  });
  // As it is read again, so that every text is made of the same rounded figures.
  const file = JSON.parse(json) as BenchFile;
  const out = resolve(options.out);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "bench.json"), json);
  writeFileSync(join(out, "bench.md"), benchMarkdown(file));
  console.log(renderBench(file, { colour: process.stdout.isTTY === true && !process.env.NO_COLOR }));
  console.log(`Written to ${options.out}: bench.json, bench.md`);
  if (!options.record) return;
  writeFileSync(RECORD, json);
  render(file);
}

/** Writes what docs/ says of a recorded benchmark. */
function render(file: BenchFile): void {
  writeFileSync(join(PROJECT_DIR, "docs", "benchmarks.md"), benchmarksPage(file));
  console.log("docs/benchmarks.md was made from docs/benchmarks.json.");
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    const told = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    console.error(told instanceof Error ? told.message : String(told));
    process.exit(EXIT.failed);
  },
);
