import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ListrTask } from "listr2";
import { emulatorEnvironment } from "../../emulator/aws-environment";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";
import { MINUTE_MS } from "../../schedule/duration";
import type { Span } from "../../schedule/outcome";
import type { Context } from "../lib/context";
import { minutesAndSeconds } from "../lib/progress";
import { reporter, runSteps, type Step, stepped } from "../lib/steps";
import { LocalSession } from "../start/session";
import { type BenchFile, loadNow, thisMachine, toBenchJson } from "./bench-file";
import { benchCases } from "./cases";
import { type DeployOptions, deployCase, synthesizeCases, terraformOf } from "./deploy";
import { breakRules, FAULTS_TAKE_MINUTES, firingsOn, requireFaults } from "./faults";
import type { BenchRun } from "./figures";
import { benchMarkdown, benchmarksPage } from "./markdown";
import { READABLE_AFTER_MS, RULE_SECOND, readRun, steadyFrom, waitUntil } from "./observe";
import { renderBench } from "./table";

/** Deploying takes a core each. */
const DEPLOYED_AT_ONCE = 2;

/** How often the time to go is printed if each text is a line of its own, in ms. */
const PRINT_EVERY_MS = MINUTE_MS;

/** The recorded benchmark, and the page that shows it. */
const RECORD = join(PROJECT_DIR, "docs", "benchmarks.json");
const PAGE = join(PROJECT_DIR, "docs", "benchmarks.md");

/** Options of `metronome bench`. */
export interface BenchOptions {
  /** Clock minutes for which the undisturbed clocks are observed. */
  readonly for: number;
  /** Whether they are observed again while their rules fail. */
  readonly faults: boolean;
  /** Directory for `bench.json` and `bench.md`. */
  readonly out: string;
  /** Whether the run is also written to `docs/`, which `compare` reads. */
  readonly record: boolean;
  /** Whether there is no run: the figures of `docs/benchmarks.md` are made from `docs/benchmarks.json`. */
  readonly render: boolean;
  /** Whether each function gets the share of a processor that its memory buys on AWS. */
  readonly processorShare: boolean;
}

/** What the steps observe. */
interface Observed {
  spans: { usual: Span; faults: Span | null };
  load: BenchFile["load"];
  terraform: string;
  runs: BenchRun[];
}

/** Measures the strategies side by side: prints the tables and writes the files. @throws Error */
export async function bench(options: BenchOptions, context: Context): Promise<void> {
  if (options.render) {
    render(JSON.parse(readFileSync(RECORD, "utf8")));
    return;
  }
  const { env, signal } = context;
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(WORK_DIR, "bench-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", remove);
  const output = join(directory, "cdktf.out");
  const session = new LocalSession({
    env,
    signal,
    keep: false,
    directory: join(directory, "aws"),
    output,
    ruleSecond: RULE_SECOND,
    processorShare: options.processorShare,
  });
  const observed = {} as Observed;
  try {
    await runSteps(steps(session, output, options, context, observed));
    write(observed, options, context);
  } finally {
    await session.stop();
    remove();
  }
}

/** @param output cdktf's output directory. @param observed what the steps leave to those after them. */
function steps(
  session: LocalSession,
  output: string,
  options: BenchOptions,
  { env, signal, terminal }: Context,
  observed: Observed,
): ListrTask[] {
  const cases = benchCases();
  const faultMinutes = options.faults ? Math.max(options.for, FAULTS_TAKE_MINUTES) : 0;
  const toGo = (task: Step) => {
    const print = reporter(task, terminal.isTTY, PRINT_EVERY_MS);
    return (ms: number) => print(`${minutesAndSeconds(ms)} to go`);
  };
  const deployOptions = (): DeployOptions => {
    const { endpoint } = session.emulator;
    return {
      output,
      endpoint,
      env: { ...emulatorEnvironment(env, endpoint), ...session.settings({}) },
      signal,
    };
  };
  return [
    {
      title: "Embedded AWS and Terraform providers",
      task: async (_, task) => {
        await Promise.all([session.start(), session.useProviders(reporter(task, terminal.isTTY))]);
        task.title = `Embedded AWS on ${session.emulator.endpoint}`;
      },
    },
    {
      title: "Deploying the clocks side by side",
      task: async (_, task) => {
        await synthesizeCases(cases, deployOptions());
        const deploying = cases.map(
          (benchCase): ListrTask => ({
            title: benchCase.title,
            task: async (_, task) => {
              await stepped(deployCase(benchCase, deployOptions(), reporter(task, terminal.isTTY)));
            },
          }),
        );
        return task.newListr(deploying, { concurrent: DEPLOYED_AT_ONCE });
      },
    },
    {
      title: "Waiting until every rule has fired and every clock runs",
      task: async (_, task) => {
        const [first] = cases;
        if (first) observed.terraform = await terraformOf(first, deployOptions()).version();
        const from = await steadyFrom(cases, session.emulator.endpoint, Date.now(), signal);
        const to = from + options.for * MINUTE_MS;
        const faults = faultMinutes > 0 ? { from: to, to: to + faultMinutes * MINUTE_MS } : null;
        observed.spans = { usual: { from, to }, faults };
        await waitUntil(from, signal, toGo(task));
      },
    },
    {
      title: `Observing them for ${options.for} min`,
      task: async (_, task) => {
        const start = loadNow();
        await waitUntil(observed.spans.usual.to, signal, toGo(task));
        observed.load = { usual: { start, end: loadNow() }, faults: null };
      },
    },
    {
      title: `Observing them for ${faultMinutes} min while their rules fire twice, late and not at all`,
      enabled: () => faultMinutes > 0,
      task: async (_, task) => {
        const { faults } = observed.spans;
        if (!faults) return;
        const start = loadNow();
        const { endpoint } = session.emulator;
        for (const { bench } of cases) await breakRules(endpoint, bench.environment);
        await waitUntil(faults.to, signal, toGo(task));
        const firings = await firingsOn(endpoint);
        for (const { bench } of cases) requireFaults(firings, bench.environment, faults.from);
        observed.load = { ...observed.load, faults: { start, end: loadNow() } };
      },
    },
    {
      title: "Reading the logs, after their last lines",
      task: async (_, task) => {
        const { usual, faults } = observed.spans;
        await waitUntil((faults ?? usual).to + READABLE_AFTER_MS, signal, toGo(task));
        observed.runs = [];
        for (const span of faults ? [usual, faults] : [usual]) {
          for (const benchCase of cases) {
            task.output = benchCase.title;
            const run = await readRun(benchCase, session.emulator.endpoint, span, span === faults, signal);
            observed.runs.push(run);
          }
        }
      },
    },
  ];
}

/** Prints the tables and writes the files. */
function write({ runs, load, terraform }: Observed, options: BenchOptions, { terminal }: Context): void {
  const json = toBenchJson({
    recordedAt: new Date().toISOString(),
    machine: thisMachine(terraform),
    load,
    command: `npm run bench -- --for ${options.for}m${options.faults ? "" : " --no-faults"} --record`,
    runs,
  });
  // Read back, so that every text has the same rounded figures.
  const file = JSON.parse(json) as BenchFile;
  const out = resolve(options.out);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "bench.json"), json);
  writeFileSync(join(out, "bench.md"), benchMarkdown(file));
  console.log(renderBench(file, terminal));
  console.log(`Written to ${options.out}: bench.json, bench.md`);
  if (!options.record) return;
  writeFileSync(RECORD, json);
  render(file);
}

/** Writes the figures of a recorded benchmark into its page. */
function render(file: BenchFile): void {
  writeFileSync(PAGE, benchmarksPage(readFileSync(PAGE, "utf8"), file));
  console.log("docs/benchmarks.md has the figures of docs/benchmarks.json.");
}
