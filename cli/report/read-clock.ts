import { type CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { MINUTE_MS } from "../../schedule/duration";
import type { ScheduleTiming, Span } from "../../schedule/outcome";
import { isManual, type TickRecord } from "../../schedule/tick";
import { readTickEvents } from "./log-reader";
import type { ClockReport } from "./schedule-report";
import { StreamedReport, spanToRead } from "./streamed-report";
import type { ReportAbout } from "./summary";
import { instantOf } from "./tick-log";

/** Within this, in ms, of a clock's deployment its rules fire and its first ticks come. */
const FIRST_TICK_WITHIN_MS = 3 * MINUTE_MS;

/** A deployed clock, and what of it is reported. */
export interface ClockReading {
  readonly client: CloudWatchLogsClient;
  readonly logGroups: { readonly all: readonly string[]; readonly dispatching: readonly string[] };
  readonly schedules: readonly ScheduleTiming[];
  /** The longest catch-up window of the schedules, in ms. */
  readonly catchUpMs: number;
  readonly span: Span;
  readonly about: Omit<ReportAbout, "notes">;
  readonly signal?: AbortSignal;
  /** How far it has read: the share of the span's logs in [0, 1], and the ticks judged so far. */
  readonly onProgress?: (share: number, ticks: number) => void;
  readonly onRecord?: (record: TickRecord) => void;
}

/**
 * Reads a deployed clock's logs and makes its report. If the clock was deployed within the span, each schedule's
 * report begins with its first tick.
 *
 * @throws LogsMissingError if none of the log groups exists; the client's errors.
 */
export async function readClock(reading: ClockReading): Promise<ClockReport> {
  const { client, logGroups, span, catchUpMs, signal } = reading;
  const createdAt = await creationOf(reading);
  const begins = createdAt > span.from ? await firstTicks(reading, createdAt) : new Map<string, number>();
  const schedules = reading.schedules.map((schedule) => {
    const from = createdAt > span.from ? (begins.get(schedule.name) ?? createdAt + FIRST_TICK_WITHIN_MS) : span.from;
    return { ...schedule, span: { from: Math.min(from, span.to), to: span.to } };
  });
  const read = spanToRead({ from: Math.min(...schedules.map((one) => one.span.from)), to: span.to }, catchUpMs);
  const report = new StreamedReport({
    schedules,
    catchUpMs,
    readFrom: read.from,
    // A clock that was made within the span may have taken over from one that was removed with its logs.
    complete: createdAt <= span.from,
    onRecord: reading.onRecord,
  });
  const to = Math.min(read.to, reading.about.generatedAt);
  for await (const batch of readTickEvents({ client, logGroups: logGroups.all, from: read.from, to, signal })) {
    report.add(batch);
    reading.onProgress?.(Math.min(1, Math.max(0, (batch.readTo - read.from) / (to - read.from))), report.judged);
  }
  const deployed = `The clock was deployed at ${new Date(createdAt).toISOString()}, within the span: its report begins with its first tick.`;
  return report.end({ ...reading.about, notes: createdAt > span.from ? [deployed] : [] });
}

/** When the clock was deployed first, ms since the epoch: the oldest log group of a function that dispatches. */
async function creationOf({ client, logGroups, signal }: ClockReading): Promise<number> {
  const instants = await Promise.all(
    logGroups.dispatching.map(async (group) => {
      const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: group });
      const { logGroups: found } = await client.send(command, { abortSignal: signal });
      return found?.find(({ logGroupName }) => logGroupName === group)?.creationTime ?? Number.POSITIVE_INFINITY;
    }),
  );
  const oldest = Math.min(...instants);
  return Number.isFinite(oldest) ? oldest : Number.NEGATIVE_INFINITY;
}

/** When the first tick of each schedule was due, or came, soon after the clock's deployment; ms since the epoch. */
async function firstTicks(reading: ClockReading, createdAt: number): Promise<Map<string, number>> {
  const { client, logGroups, signal } = reading;
  const firsts = new Map<string, number>();
  // Lines may bear the instant at which their invocation ended.
  const to = createdAt + 3 * FIRST_TICK_WITHIN_MS;
  for await (const { events } of readTickEvents({ client, logGroups: logGroups.all, from: createdAt, to, signal })) {
    for (const event of events) {
      if (!("tick" in event) || isManual(event.tick.id)) continue;
      const at = instantOf(event);
      const { schedule } = event.tick;
      if (at !== null && at >= createdAt) firsts.set(schedule, Math.min(at, firsts.get(schedule) ?? at));
    }
  }
  return firsts;
}
