import { Command, InvalidArgumentError } from "commander";
import { durationToMs } from "../../schedule/duration";
import type { Span } from "../../schedule/outcome";

/** What `npm run report` was asked for. */
export interface ReportOptions {
  readonly environment: string;
  /** What is reported; `to` is at most the latest instant of which the logs can tell all. ms since the epoch. */
  readonly span: Span;
  /** Directory for the files. */
  readonly out: string;
  /** Largest p99 of |dispatch skew| that passes, in ms. */
  readonly maxSkewMs: number;
  /** Whether `ticks.jsonl` is written, however long it is; `undefined`: if it is short. */
  readonly ticks: boolean | undefined;
}

/** How long a line may take to become readable, and a target to start, in ms: younger ticks are left out. */
export const UNSETTLED_MS = 30_000;

const DAY_MS = 24 * 60 * 60_000;

/**
 * Reads the command line of `npm run report`.
 *
 * @param now ms since the epoch.
 * @throws CommanderError for a wrong one, and for `--help`, after it has been printed.
 */
export function readReportOptions(args: readonly string[], now: number): ReportOptions {
  const instant = (text: string) => instantOf(text, now);
  const command = new Command("npm run report --")
    .description("Reports how well a deployed clock keeps time, from its logs.")
    .argument("<env>", "the environment's name in config/environments.ts")
    .option(
      "--since <when>",
      "how far back, such as 1h or 30d, or an instant such as 2026-11-22T18:00:00Z",
      instant,
      now - 60 * 60_000,
    )
    .option("--until <when>", "the end, written likewise (default: now)", instant, now)
    .option("--out <dir>", "directory for report.json, report.html and ticks.jsonl (default: .metronome/report-<env>)")
    .option("--max-skew <ms>", "largest p99 of the dispatch skew, to either side, that passes", milliseconds, 100)
    .option("--ticks", "write ticks.jsonl even if it is long")
    .option("--no-ticks", "write no ticks.jsonl")
    .helpOption("--help", "print this")
    .allowExcessArguments(false)
    .exitOverride();
  command.parse(args, { from: "user" });
  const environment = command.args[0] as string;
  const { since, until, out, maxSkew, ticks } = command.opts<{
    since: number;
    until: number;
    out?: string;
    maxSkew: number;
    ticks?: boolean;
  }>();
  const to = Math.min(until, now - UNSETTLED_MS);
  if (since >= to) {
    command.error(
      `error: the span from ${iso(since)} to ${iso(to)} is empty: --since must be before --until, and ticks of the last ${UNSETTLED_MS / 1_000} s are not settled yet.`,
    );
  }
  return {
    environment,
    span: { from: since, to },
    out: out ?? `.metronome/report-${environment}`,
    maxSkewMs: maxSkew,
    ticks,
  };
}

/** An instant, or how long before `now` it was. */
function instantOf(text: string, now: number): number {
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const ago = days === undefined ? durationToMs(text) : Number(days) * DAY_MS;
  if (ago) return now - ago;
  // Without its zone it would be read as of wherever this runs.
  const at = /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new InvalidArgumentError(
      'Write a span such as "90s", "1h" or "30d", or an instant with its zone, such as "2026-11-22T18:00:00Z".',
    );
  }
  return at;
}

function milliseconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("Write whole milliseconds, such as 100.");
  return Number(text);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
