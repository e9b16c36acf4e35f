import type { FilteredLogEvent, FilterLogEventsCommandInput } from "@aws-sdk/client-cloudwatch-logs";
import type { LogSource } from "../../cli/report/log-reader";
import type { ScheduleTiming } from "../../schedule/outcome";
import { logsClient } from "../cli/report/logs-client";

/** A month at one tick a second. */
export const TICKS = 30 * 24 * 3_600;
export const FROM = Date.parse("2026-10-01T00:00:00.000Z");

export const EVERY_SECOND: ScheduleTiming = {
  name: "every-second",
  strategy: "sfn-loop",
  intervalMs: 1_000,
  phaseMs: 0,
  pacing: "clock",
  logsPlans: true,
};

/** Ticks a page of the log has: about the 1 MB that FilterLogEvents gives at most. */
const PAGE_LINES = 2_500;

/** What became of one tick; each of these is a pure function of its number. */
export interface Fate {
  readonly kind: "dispatched" | "doubled" | "expired" | "silent";
  readonly skewMs: number;
  readonly startMs: number;
}

/** The fate of the tick number `k`, from a hash of it: most come within 20 ms, a few in a long tail. */
export function fateOf(k: number): Fate {
  const dice = hash(k);
  const kind =
    dice % 50_000 === 7 ? "expired" : dice % 50_000 === 8 ? "silent" : dice % 40_000 === 9 ? "doubled" : "dispatched";
  const tail = hash(k ^ 0x5bd1e995);
  const skewMs = (tail % 20) + (tail % 1_000 === 3 ? tail % 700 : 0);
  return { kind, skewMs, startMs: skewMs + 25 + (hash(k ^ 0x2545f491) % 80) };
}

/** A client of CloudWatch Logs that has the month's two log groups, page by page, made as they are asked for. */
export function monthOfLogs(): LogSource["client"] {
  const send = async ({ input }: { readonly input: FilterLogEventsCommandInput }) => {
    const first = Number(input.nextToken ?? 0);
    const events: FilteredLogEvent[] = [];
    const last = Math.min(TICKS, first + PAGE_LINES);
    for (let k = first; k < last; k++) events.push(...linesOf(k, input.logGroupName === "/target"));
    return { events, nextToken: last < TICKS ? String(last) : undefined };
  };
  return logsClient(send);
}

function linesOf(k: number, ofTarget: boolean): FilteredLogEvent[] {
  const at = FROM + k * 1_000;
  const { kind, skewMs, startMs } = fateOf(k);
  const line = (after: number, fields: object): FilteredLogEvent => ({
    timestamp: at + after,
    message: JSON.stringify({ level: "INFO", service: "iterator", ...fields }),
  });
  const planned = {
    id: `every-second-${at / 1_000}`,
    schedule: "every-second",
    strategy: "sfn-loop",
    scheduledAt: new Date(at).toISOString(),
    expiresAt: new Date(at + 1_000).toISOString(),
  };
  if (kind === "silent") return [];
  if (kind === "expired") {
    return ofTarget ? [] : [line(1_000, { message: "tick.missed", tick: planned, reason: "expired" })];
  }
  const tick = { ...planned, dispatchedAt: new Date(at + skewMs).toISOString() };
  if (ofTarget) {
    return [line(startMs, { message: "tick.started", tick, startedAt: new Date(at + startMs).toISOString() })];
  }
  const once = line(skewMs, { message: "tick.dispatched", tick, late: false, attempts: 1 });
  if (kind !== "doubled") return [once];
  const again = { ...tick, dispatchedAt: new Date(at + skewMs + 400).toISOString() };
  return [once, line(skewMs + 400, { message: "tick.dispatched", tick: again, late: false, attempts: 1 })];
}

/** 32 bits that look random (the finalizer of MurmurHash3). */
function hash(k: number): number {
  let mixed = (k + 1) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
