import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Environment } from "../../config/environment";
import { parseEnvironments } from "../../config/parse";
import { emulatorCredentials } from "../../emulator/access-key";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import type { Span } from "../../schedule/outcome";
import { PRICE_REGION } from "../cost/prices";
import { readClock } from "../report/read-clock";
import { scheduleTimings, tickLogGroups } from "../report/tick-logs";
import { type BenchCase, environmentsOf } from "./cases";
import { countUsage } from "./count";
import { firingsOn, namePrefix } from "./faults";
import { type BenchRun, figuresOf } from "./figures";

/** The second at which rules fire, and the one at which a span begins: shortly before it, at a second without ticks. */
export const RULE_SECOND = 37;
const QUIET_SECOND = 35;

/** A first firing comes within a minute of a clock's creation; each of five cron rules fires every five minutes. */
const FIRST_FIRING_WITHIN_MS = 2 * MINUTE_MS;

/** How often to report the time to go, in ms. */
const REPORT_EVERY_MS = SECOND_MS;

/**
 * How long after a span its ticks can be read, in ms. The embedded AWS shows an invocation's lines when it has ended, and
 * LambdaClock runs for a minute and a half after its firing, which may be late.
 */
export const READABLE_AFTER_MS = 1.75 * MINUTE_MS;

/**
 * Waits until the rules of every clock have fired. @returns the instant from which on all clocks run steadily.
 *
 * @param since ms since the epoch; earlier firings do not count.
 * @throws Error if the rules of a clock do not fire; the signal's reason.
 */
export async function steadyFrom(
  all: readonly BenchCase[],
  endpoint: string,
  since: number,
  signal: AbortSignal,
): Promise<number> {
  const until = Date.now() + FIRST_FIRING_WITHIN_MS;
  for (;;) {
    const firings = await firingsOn(endpoint);
    const firsts = all.map(({ bench }) =>
      Math.min(
        ...firings
          .filter(({ rule }) => rule.startsWith(namePrefix(bench.environment)))
          .map(({ firedAt }) => (firedAt === null ? Number.NaN : Date.parse(firedAt)))
          .filter((at) => at >= since),
      ),
    );
    const last = Math.max(...firsts);
    if (Number.isFinite(last)) return startOfMinute(minuteOf(last) + 1) + QUIET_SECOND * SECOND_MS;
    if (Date.now() > until) {
      const silent = all.filter((_, k) => !Number.isFinite(firsts[k])).map(({ title }) => title);
      throw new Error(`no rule of ${silent.join(", ")} fired: see the logs under .metronome/logs`);
    }
    await sleep(REPORT_EVERY_MS, undefined, { signal });
  }
}

/**
 * Waits until an instant (ms since the epoch) and reports the time to go.
 *
 * @throws the signal's reason.
 */
export async function waitUntil(instant: number, signal: AbortSignal, report: (toGoMs: number) => void): Promise<void> {
  for (let toGo = instant - Date.now(); toGo > 0; toGo = instant - Date.now()) {
    report(toGo);
    await sleep(Math.min(toGo, REPORT_EVERY_MS), undefined, { signal });
  }
}

/**
 * Reads what a clock did over a span. It runs after the observation, because reading delays the embedded AWS's dispatches.
 *
 * @param faults whether its rules failed in the span.
 * @throws LogsMissingError if it left no logs.
 */
export async function readRun(
  benchCase: BenchCase,
  endpoint: string,
  span: Span,
  faults: boolean,
  signal: AbortSignal,
): Promise<BenchRun> {
  const name = benchCase.bench.environment;
  const environment = parseEnvironments(environmentsOf([benchCase], endpoint))[name] as Environment;
  const client = new CloudWatchLogsClient({
    endpoint,
    region: PRICE_REGION,
    credentials: emulatorCredentials(endpoint),
  });
  const { schedules } = await readClock({
    client,
    logGroups: tickLogGroups(name),
    schedules: scheduleTimings(environment),
    catchUpMs: Math.max(...environment.schedules.map(({ catchUpMs }) => catchUpMs)),
    span,
    about: { generatedAt: Date.now(), observed: benchCase.title, embedded: true },
    signal,
  });
  const [report] = schedules;
  if (!report) throw new Error(`${benchCase.title} has no schedule`);
  const counted = await countUsage(name, span, endpoint);
  return figuresOf(benchCase, report, counted, faults);
}
