import { MINUTE_MS } from "../../schedule/duration";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import type { Span } from "../../schedule/outcome";
import { wakeAt } from "../../schedule/plan";
import { isManual } from "../../schedule/tick";
import type { Measure } from "../../strategies/assumptions";
import type { TickEvent } from "../report/tick-log";
import type { Invocation } from "./invocations";

/** The figures of each measure, whole numbers; none if the logs do not tell. */
export type Figures = Readonly<Record<Measure, readonly number[]>>;

/** What the figures are taken from. */
export interface Measured {
  readonly invocations: readonly Invocation[];
  /** Log groups of the functions that plan and dispatch. */
  readonly dispatching: readonly string[];
  /** Whether each firing logs its plan; if not, every invocation of a dispatching function is a firing. */
  readonly logsPlans: boolean;
  /** The leads of the schedules that have one, in ms, by name. @default no schedule has one */
  readonly leads?: ReadonlyMap<string, number>;
  readonly span: Span;
}

/** Takes the figures of all measures from the invocations of a clock. */
export function figuresOf(measured: Measured): Figures {
  const { invocations, span, leads = new Map() } = measured;
  const within = invocations.filter(
    ({ startedAt }) => startedAt !== null && startedAt >= span.from && startedAt < span.to,
  );
  const events = within.flatMap((one) => one.events);
  const firings = firingsOf({ ...measured, invocations: within });
  // A target that holds its ticks starts at their instants, whenever they came.
  const starts = events.flatMap((event) =>
    event.kind === "tick.started" && !leads.has(event.tick.schedule) ? [latencyOf(event)] : [],
  );
  return {
    firings: perMinute(firings, span),
    "firing-second": [...firings.values()].flatMap(fromUsualSecond),
    wake: within.flatMap((one) => wakeOf(one, leads)),
    "cold-start": within.flatMap(({ initMs }) => (initMs === null ? [] : [Math.round(initMs)])),
    claim: events.flatMap((event) =>
      event.kind === "tick.dispatched" && event.claimMs !== undefined ? [event.claimMs] : [],
    ),
    answer: events.flatMap((event) =>
      event.kind === "tick.dispatched" && event.answeredAt !== undefined
        ? [Date.parse(event.answeredAt) - Date.parse(event.tick.dispatchedAt)]
        : [],
    ),
    start: starts.map((ms) => Math.max(0, ms)),
    arrival: events.flatMap((event) => (event.kind === "tick.measured" ? [Math.max(0, event.latencyMs)] : [])),
    clocks: starts.map((ms) => Math.max(0, -ms)),
  };
}

/** The instants of the firings (ms since the epoch) of each rule: of each schedule, or of the one clock that serves all. */
function firingsOf({ invocations, dispatching, logsPlans }: Measured): Map<string, number[]> {
  const firings = new Map<string, number[]>();
  for (const { group, startedAt, events } of invocations) {
    if (!dispatching.includes(group) || startedAt === null) continue;
    const rules = logsPlans
      ? events.flatMap((event) => {
          if (event.kind === "run.planned") return [event.schedule];
          return event.kind === "clock.planned" ? [group] : [];
        })
      : [group];
    for (const rule of rules) firings.set(rule, [...(firings.get(rule) ?? []), startedAt]);
  }
  return firings;
}

/** How often each rule fired in each whole clock minute of the span. */
function perMinute(firings: ReadonlyMap<string, readonly number[]>, { from, to }: Span): number[] {
  const counts: number[] = [];
  for (const instants of firings.values()) {
    for (let at = startOfMinute(minuteOf(from - 1) + 1); at + MINUTE_MS <= to; at += MINUTE_MS) {
      counts.push(instants.filter((instant) => instant >= at && instant < at + MINUTE_MS).length);
    }
  }
  return counts;
}

/** How far from the median of their seconds each firing of a rule came, in ms, around the minute's edge too. */
function fromUsualSecond(instants: readonly number[]): number[] {
  const first = instants[0];
  if (first === undefined) return [];
  // Counted from the first one's opposite, so that the seconds before and after it are in order.
  const origin = first - MINUTE_MS / 2;
  const seconds = instants.map((instant) => (((instant - origin) % MINUTE_MS) + MINUTE_MS) % MINUTE_MS);
  const usual = [...seconds].sort((a, b) => a - b)[Math.floor(seconds.length / 2)] as number;
  return seconds.map((second) => Math.abs(second - usual));
}

/** How long after the end of its wait an invocation began that ran one tick, and did not plan. None waits for a tick by hand. */
function wakeOf({ startedAt, events }: Invocation, leads: ReadonlyMap<string, number>): number[] {
  if (startedAt === null || events.some(({ kind }) => kind === "run.planned")) return [];
  const scheduled = events.flatMap((event) =>
    event.kind === "tick.dispatched" && event.tick.scheduledAt !== null && !isManual(event.tick.id)
      ? [wakeAt({ leadMs: leads.get(event.tick.schedule) }, Date.parse(event.tick.scheduledAt))]
      : [],
  );
  return scheduled.length === 1 ? [startedAt - (scheduled[0] as number)] : [];
}

/** From the dispatch of a tick to its start, in ms by the clocks of both; negative if they are apart. */
function latencyOf({ tick, startedAt }: Extract<TickEvent, { readonly kind: "tick.started" }>): number {
  return Date.parse(startedAt) - Date.parse(tick.dispatchedAt);
}
