import type { TickEvent } from "../../../cli/report/tick-log";
import type { ScheduleTiming } from "../../../schedule/outcome";
import { iso, tickId } from "../../../schedule/tick";

/** 2026-11-22T18:25:10.000Z */
export const START = Date.parse("2026-11-22T18:25:10.000Z");

export const HEARTBEAT: ScheduleTiming = {
  name: "heartbeat",
  strategy: "sfn-loop",
  intervalMs: 10_000,
  phaseMs: 0,
  pacing: "clock",
  logsPlans: true,
};

export const RELATIVE: ScheduleTiming = { ...HEARTBEAT, pacing: "relative", logsPlans: false };

export const CLOCK: ScheduleTiming = {
  ...HEARTBEAT,
  name: "clock",
  strategy: "lambda-clock",
  intervalMs: 60_000,
  logsPlans: false,
};

/** A tick of a grid at `scheduledAt`, dispatched with `skew` ms. */
export function tickOf(timing: ScheduleTiming, scheduledAt: number, skew = 0) {
  return {
    id: tickId(timing.name, scheduledAt),
    schedule: timing.name,
    strategy: timing.strategy,
    scheduledAt: timing.pacing === "relative" ? null : iso(scheduledAt),
    dispatchedAt: iso(scheduledAt + skew),
    expiresAt: iso(scheduledAt + timing.intervalMs),
  };
}

export function dispatched(timing: ScheduleTiming, scheduledAt: number, skew = 0): TickEvent {
  return {
    kind: "tick.dispatched",
    source: "iterator",
    tick: tickOf(timing, scheduledAt, skew),
    answeredAt: iso(scheduledAt + skew + 20),
    cpuMs: 0.25,
    late: false,
    attempts: 1,
  };
}

export function started(
  timing: ScheduleTiming,
  scheduledAt: number,
  skew = 0,
  delay = 60,
  source = "target",
): TickEvent {
  const tick = tickOf(timing, scheduledAt, skew);
  return { kind: "tick.started", source, tick, startedAt: iso(scheduledAt + skew + delay) };
}

export function measured(timing: ScheduleTiming, scheduledAt: number, latency: number): TickEvent {
  const tick = tickOf(timing, scheduledAt);
  return { kind: "tick.measured", source: "analyser", tick, startedAt: iso(scheduledAt + latency), latencyMs: latency };
}

export function missed(
  timing: ScheduleTiming,
  scheduledAt: number,
  reason: Extract<TickEvent, { kind: "tick.missed" }>["reason"],
): TickEvent {
  return { kind: "tick.missed", source: "iterator", tick: tickOf(timing, scheduledAt), reason };
}

export function suppressed(timing: ScheduleTiming, scheduledAt: number): TickEvent {
  return { kind: "tick.suppressed", source: "iterator", tick: tickOf(timing, scheduledAt) };
}
