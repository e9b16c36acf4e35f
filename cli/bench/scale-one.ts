import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeClock } from "../../config/describe-clock";
import { ConfigError, parseEnvironments } from "../../config/parse";
import { burstsOfMinute } from "../../schedule/bursts";
import { MINUTE_MS } from "../../schedule/duration";
import { minuteOf } from "../../schedule/minute";
import { buildApp } from "../../stacks/app";
import { strategyOf } from "../../strategies";
import { clockUsage } from "../cost/clock-usage";
import { estimateMonthlyCost } from "../cost/cost";
import { REQUESTS, type ScaleCase, type ScaleFigures, scaleEnvironment } from "./scale";

/** Dispatches at one instant that one pacer serves, as a planner with the default memory has it. */
const MOST_AT_ONCE = 13;

/** Measures one case in this process and prints its figures as JSON: in a process of its own, so that its memory is its own. */
function main(one: ScaleCase): void {
  const environments = { scale: scaleEnvironment(one) };
  const begun = performance.now();
  const parsed = parse(environments);
  if (parsed instanceof ConfigError) {
    print({ refused: parsed.problems[0] ?? "", figures: null });
    return;
  }
  const validatedMs = performance.now() - begun;
  const outdir = mkdtempSync(join(tmpdir(), "metronome-scale-"));
  try {
    const app = buildApp(environments, { app: { outdir } });
    app.synth();
    const synthMs = performance.now() - begun;
    const maxRssMb = process.resourceUsage().maxRSS / 1_024;
    const stack = app.node.findChild("metronome-scale");
    const resources = stack.node
      .findAll()
      .filter((construct) => "terraformResourceType" in construct && !("isDataSource" in construct)).length;
    const { strategy, schedules } = parsed;
    const clock = describeClock(parsed);
    const usage = clockUsage(clock);
    const grids = schedules.map(({ name, intervalMs, phaseMs }) => ({ name, intervalMs, phaseMs, dispatches: 1 }));
    const planned = performance.now();
    burstsOfMinute(grids, minuteOf(Date.now()), MOST_AT_ONCE);
    const figures: ScaleFigures = {
      validatedMs,
      synthMs,
      maxRssMb,
      resources,
      planMs: performance.now() - planned,
      ticksPerMinute: schedules.reduce((sum, { intervalMs }) => sum + MINUTE_MS / intervalMs, 0),
      requestsPerMinute: usage
        .filter(({ resource }) => REQUESTS.includes(resource))
        .reduce((sum, { perMinute }) => sum + perMinute, 0),
      concurrency: strategyOf(strategy).concurrency(strategy, schedules),
      usd: estimateMonthlyCost(clock).totalUsd,
    };
    print({ refused: null, figures });
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function parse(environments: Parameters<typeof parseEnvironments>[0]) {
  try {
    return parseEnvironments(environments).scale as NonNullable<ReturnType<typeof parseEnvironments>[string]>;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function print(result: { readonly refused: string | null; readonly figures: ScaleFigures | null }): void {
  console.log(JSON.stringify(result));
}

main(JSON.parse(process.argv[2] as string) as ScaleCase);
