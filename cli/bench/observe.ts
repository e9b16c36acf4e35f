import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { scheduleSpec } from "../../config/schedule-spec";
import { DUMMY_CREDENTIALS } from "../../emulator/aws-environment";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import type { Span } from "../../schedule/outcome";
import { readClock } from "../report/read-clock";
import { scheduleTimings, tickLogGroups } from "../report/tick-logs";
import { type Contestant, environmentOf, REGION } from "./contestants";
import { Counter } from "./count";
import { namePrefix, type Rules } from "./faults";
import { type BenchRun, figuresOf } from "./figures";

/** The second at which rules fire, and the one at which a span begins: shortly before, where no contestant has a tick. */
export const RULE_SECOND = 37;
const QUIET_SECOND = 35;

/** The first firing of a rule comes within a minute of its creation, that of a cron rule within five. */
const FIRST_FIRING_WITHIN_MS = 2 * MINUTE_MS;

/** How often the time to go is told, in ms. */
const TELL_EVERY_MS = SECOND_MS;

/**
 * How long after a span its ticks can be read, in ms: the embedded AWS shows an invocation's lines when it has ended, and
 * LambdaClock goes on for a minute and a half after its firing, which may be late.
 */
const READABLE_AFTER_MS = 1.75 * MINUTE_MS;

/**
 * Waits until the rules of every contestant have fired, and names the instant from which on their clocks run steadily.
 *
 * @param since ms since the epoch; earlier firings do not count.
 * @throws Error where a contestant's rules do not fire; the signal's reason.
 */
export async function steadyFrom(
  contestants: readonly Contestant[],
  rules: Rules,
  since: number,
  signal: AbortSignal,
): Promise<number> {
  const until = Date.now() + FIRST_FIRING_WITHIN_MS;
  for (;;) {
    const firings = await rules.firings();
    const firsts = contestants.map(({ environment }) =>
      Math.min(
        ...firings
          .filter(({ rule }) => rule.startsWith(namePrefix(environment)))
          .map(({ firedAt }) => (firedAt === null ? Number.NaN : Date.parse(firedAt)))
          .filter((at) => at >= since),
      ),
    );
    const last = Math.max(...firsts);
    if (Number.isFinite(last)) return startOfMinute(minuteOf(last) + 1) + QUIET_SECOND * SECOND_MS;
    if (Date.now() > until) {
      const silent = contestants.filter((_, k) => !Number.isFinite(firsts[k])).map(({ title }) => title);
      throw new Error(`no rule of ${silent.join(", ")} fired: see the logs under .metronome/logs`);
    }
    await sleep(TELL_EVERY_MS, undefined, { signal });
  }
}

/**
 * Waits until an instant (ms since the epoch), and tells the time to go.
 *
 * @throws the signal's reason.
 */
export async function waitUntil(instant: number, signal: AbortSignal, tell: (toGoMs: number) => void): Promise<void> {
  for (let toGo = instant - Date.now(); toGo > 0; toGo = instant - Date.now()) {
    tell(toGo);
    await sleep(Math.min(toGo, TELL_EVERY_MS), undefined, { signal });
  }
}

/** When all that the logs say of a span can be read; ms since the epoch. */
export function readableAt({ to }: Span): number {
  return to + READABLE_AFTER_MS;
}

/**
 * Reads what a contestant did over a span. It is read afterwards, because reading keeps the emulator from dispatching.
 *
 * @param faults whether its rules failed in it.
 * @throws LogsMissingError where it left no logs.
 */
export async function readRun(
  contestant: Contestant,
  endpoint: string,
  span: Span,
  faults: boolean,
  signal: AbortSignal,
): Promise<BenchRun> {
  const environment = environmentOf(contestant, endpoint);
  const client = new CloudWatchLogsClient({ endpoint, region: REGION, credentials: DUMMY_CREDENTIALS });
  const specs = environment.schedules.map((schedule) => scheduleSpec(schedule, environment.strategy.kind));
  const { schedules } = await readClock({
    client,
    logGroups: tickLogGroups(contestant.environment),
    schedules: scheduleTimings(environment),
    catchUpMs: Math.max(...specs.map(({ catchUpMs }) => catchUpMs)),
    span,
    about: { generatedAt: Date.now(), observed: contestant.title, embedded: true },
    signal,
  });
  const [report] = schedules;
  if (!report) throw new Error(`${contestant.title} has no schedule`);
  const counted = await new Counter(endpoint).count(contestant.environment, span);
  return figuresOf(contestant, report, counted, faults);
}
