import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  paginateFilterLogEvents,
  ResourceNotFoundException,
  ThrottlingException,
} from "@aws-sdk/client-cloudwatch-logs";
import { parseTickLine, type TickEvent } from "./tick-log";

/** What is read, and from when. */
export interface LogSource {
  /** The caller sets its endpoint and credentials, so that AWS and the embedded AWS are read alike. */
  readonly client: CloudWatchLogsClient;
  /** Names of log groups; one that does not exist counts as empty. */
  readonly logGroups: readonly string[];
  /** ms since the epoch, inclusive; compared with the timestamps of CloudWatch, not with those inside the lines. */
  readonly from: number;
  readonly signal?: AbortSignal;
}

/** How logs are followed. */
export interface LiveLogSource extends LogSource {
  /** Resolves after `ms`, or earlier if the signal aborts. */
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** The interval of two rounds of requests, in ms. */
const POLL_MS = 500;

/**
 * How far behind the newest line each round looks again, in ms: on AWS a line may become readable seconds after its
 * timestamp, and after a later line of another stream. In the embedded AWS all lines of an invocation carry the instant
 * of its end and appear only then.
 */
const LOOK_BACK_MS = 30_000;

/** Events that were read together. */
export interface ReadBatch {
  readonly events: readonly TickEvent[];
  /** All lines before this instant have been read, of all groups; ms since the epoch. */
  readonly readTo: number;
}

/** One log group that is being read: the lines of its page, and whether there is a further page. */
interface Reading {
  readonly pages: AsyncGenerator<readonly FilteredLogEvent[]>;
  readonly group: string;
  /** The page after the one in hand, asked for ahead of time. */
  coming: Promise<IteratorResult<readonly FilteredLogEvent[]>>;
  lines: readonly FilteredLogEvent[];
  /** How many of the page's lines were handed out. */
  done: number;
  ended: boolean;
}

/**
 * Reads the log groups once, from `from` to `to`, side by side: each batch goes up to the same instant in all of them,
 * so that what several functions say of a tick comes together. Bounded memory: of each group one page, and the next
 * one that is asked for meanwhile.
 *
 * @param source.to ms since the epoch, exclusive.
 * @throws LogsMissingError if none of the groups exists; the client's other errors.
 */
export async function* readTickEvents(source: LogSource & { readonly to: number }): AsyncGenerator<ReadBatch> {
  const missing: string[] = [];
  const readings = source.logGroups.map((group): Reading => {
    const pages = pagesOf(source, group, source.from, source.to, () => missing.push(group));
    return { pages, group, coming: pages.next(), lines: [], done: 0, ended: false };
  });
  // A failure is handled when its page is awaited, and must not count as unhandled before.
  for (const { coming } of readings) coming.catch(() => undefined);
  for (;;) {
    await Promise.all(readings.map(nextPage));
    if (missing.length === source.logGroups.length) throw new LogsMissingError(missing);
    if (readings.every(({ ended }) => ended)) return;
    const readTo = Math.min(...readings.map((reading) => (reading.ended ? source.to : lastOf(reading))));
    const events = readings.flatMap((reading) => eventsUpTo(reading, readTo));
    yield { events, readTo };
  }
}

/** None of the log groups exists: nothing was deployed here, or it is another account or region. */
export class LogsMissingError extends Error {
  override readonly name = "LogsMissingError";
  constructor(readonly logGroups: readonly string[]) {
    super(`no log group of the clock exists: ${logGroups.join(", ")}`);
  }
}

/** Goes on to the group's next page that has lines, once all lines of this page were handed out. */
async function nextPage(reading: Reading): Promise<void> {
  while (!reading.ended && reading.done === reading.lines.length) {
    const { value, done } = await reading.coming;
    reading.lines = done ? [] : value;
    reading.done = 0;
    reading.ended = done === true;
    if (done) return;
    reading.coming = reading.pages.next();
    reading.coming.catch(() => undefined);
  }
}

function lastOf({ lines }: Reading): number {
  return lines.at(-1)?.timestamp ?? 0;
}

function eventsUpTo(reading: Reading, instant: number): TickEvent[] {
  const events: TickEvent[] = [];
  for (let line = reading.lines[reading.done]; line; line = reading.lines[reading.done]) {
    if ((line.timestamp ?? 0) > instant) break;
    reading.done += 1;
    const event = parseTickLine(line.message ?? "", reading.group);
    if (event) events.push(event);
  }
  return events;
}

/**
 * Follows the log groups until the signal aborts: yields each event once, soon after it becomes readable. It remembers
 * the lines of the last {@link LOOK_BACK_MS} only. A group that does not exist yet is looked for again, and a
 * throttled request is made again in the next round.
 *
 * @throws the client's other errors.
 */
export async function* followTickEvents(source: LiveLogSource): AsyncGenerator<TickEvent> {
  const followed = source.logGroups.map((group) => ({ group, newest: source.from, seen: new Map<string, number>() }));
  while (!source.signal?.aborted) {
    const rounds = await Promise.all(followed.map((state) => newEvents(source, state)));
    for (const events of rounds) yield* events;
    await source.pause(POLL_MS, source.signal);
  }
}

/** What is remembered of a log group: the newest timestamp and, of the lines that are read again, their keys and timestamps. */
interface Followed {
  readonly group: string;
  newest: number;
  readonly seen: Map<string, number>;
}

async function newEvents(source: LogSource, state: Followed): Promise<TickEvent[]> {
  const { group, seen } = state;
  const from = Math.max(source.from, state.newest - LOOK_BACK_MS);
  for (const [key, timestamp] of seen) if (timestamp < from) seen.delete(key);
  const events: TickEvent[] = [];
  try {
    for await (const page of pagesOf(source, group, from)) {
      for (const line of page) {
        const key = keyOf(line);
        const timestamp = line.timestamp ?? from;
        if (seen.has(key)) continue;
        seen.set(key, timestamp);
        state.newest = Math.max(state.newest, timestamp);
        const event = parseTickLine(line.message ?? "", group);
        if (event) events.push(event);
      }
    }
  } catch (error) {
    const stopped = source.signal?.aborted || error instanceof ThrottlingException;
    if (!stopped) throw error;
  }
  return events;
}

/** The embedded AWS gives Lambda's lines no eventId, but each invocation a stream of its own. */
function keyOf({ eventId, logStreamName, timestamp, message }: FilteredLogEvent): string {
  return eventId ?? `${logStreamName}\n${timestamp}\n${message}`;
}

/** The lines of a group from `from` on, page by page; none if the group does not exist, after a call of `onMissing`. */
export async function* pagesOf(
  { client, signal }: LogSource,
  group: string,
  from: number,
  to?: number,
  onMissing: () => void = () => undefined,
): AsyncGenerator<readonly FilteredLogEvent[]> {
  const request = { logGroupName: group, startTime: from, endTime: to === undefined ? undefined : to - 1 };
  try {
    for await (const { events } of paginateFilterLogEvents({ client }, request, { abortSignal: signal }))
      yield events ?? [];
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    onMissing();
  }
}
