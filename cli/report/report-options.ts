import type { Span } from "../../schedule/outcome";
import { iso } from "../../schedule/tick";
import { UsageError } from "../lib/exit";

/** What a report is asked for. */
export interface ReportOptions {
  readonly environment: string;
  /** The span of the report, ms since the epoch; its end is settled. */
  readonly span: Span;
  /** Directory for the files. */
  readonly out: string;
  /** Largest p99 of |dispatch skew| that passes, in ms. */
  readonly maxSkewMs: number;
  /** Whether `ticks.jsonl` is written even if it is long. @default it is written if it is short */
  readonly ticks: boolean | undefined;
}

/** How long a log line may take to become readable, and a target to start, in ms. Younger ticks are left out. */
const UNSETTLED_MS = 30_000;

const DEFAULT_SPAN_MS = 60 * 60_000;

/**
 * The span of a report; it ends at the latest instant before which every tick is settled.
 *
 * @param since ms since the epoch. @default an hour before `now`
 * @param until ms since the epoch. @default `now`
 * @throws UsageError if it is empty.
 */
export function spanOf(since: number | undefined, until: number | undefined, now: number): Span {
  const from = since ?? now - DEFAULT_SPAN_MS;
  const to = Math.min(until ?? now, now - UNSETTLED_MS);
  if (from < to) return { from, to };
  throw new UsageError(
    `the span from ${iso(from)} to ${iso(to)} is empty: --since must be before --until, and ticks of the last ${UNSETTLED_MS / 1_000} s are not settled yet.`,
  );
}
