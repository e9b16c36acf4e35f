import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  ResourceNotFoundException,
  ThrottlingException,
} from "@aws-sdk/client-cloudwatch-logs";
import { parseTickLine, type TickEvent } from "./tick-log";

/** What is read, and from when. */
export interface LogSource {
  /** Its endpoint and credentials are the caller's affair, so AWS and the embedded one are read alike. */
  readonly client: Pick<CloudWatchLogsClient, "send">;
  /** Names of log groups; one that does not exist is taken to be empty. */
  readonly logGroups: readonly string[];
  /** ms since the epoch, inclusive; compared with the timestamps of CloudWatch, not with those inside the lines. */
  readonly from: number;
  readonly signal?: AbortSignal;
}

/** How logs are followed. */
export interface LiveLogSource extends LogSource {
  /**
   * ms between two rounds. AWS allows an account few FilterLogEvents a second, shared by all groups: 2000 suits it better.
   * @default 500
   */
  readonly pollMs?: number;
  /** Resolves after `ms`, or earlier where the signal aborts. */
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Interval of two rounds by default, in ms. */
const POLL_MS = 500;

/**
 * How far behind the newest line each round looks again, in ms: on AWS a line may become readable seconds after its
 * timestamp, and after a later line of another stream. In the embedded AWS all lines of an invocation carry the instant
 * of its end and appear only then.
 */
const LOOK_BACK_MS = 30_000;

/**
 * Reads the events of the log groups once, group by group, each in order of its timestamps, from `from` to `to`.
 * Bounded memory: one page at a time.
 *
 * @param source.to ms since the epoch, exclusive; by default whatever is there.
 * @throws the client's errors, other than that a group does not exist.
 */
export async function* readTickEvents(source: LogSource & { readonly to?: number }): AsyncGenerator<TickEvent> {
  for (const group of source.logGroups) {
    for await (const line of linesOf(source, group, source.from, source.to)) {
      const event = parseTickLine(line.message ?? "", group);
      if (event) yield event;
    }
  }
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
    await source.pause(source.pollMs ?? POLL_MS, source.signal);
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
    for await (const line of linesOf(source, group, from)) {
      const key = keyOf(line);
      const timestamp = line.timestamp ?? from;
      if (seen.has(key)) continue;
      seen.set(key, timestamp);
      state.newest = Math.max(state.newest, timestamp);
      const event = parseTickLine(line.message ?? "", group);
      if (event) events.push(event);
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

/** The lines of a group from `from` on, page by page; none where the group does not exist. */
async function* linesOf(source: LogSource, group: string, from: number, to?: number): AsyncGenerator<FilteredLogEvent> {
  let nextToken: string | undefined;
  do {
    const request = { logGroupName: group, startTime: from, endTime: to === undefined ? undefined : to - 1, nextToken };
    try {
      const page = await source.client.send(new FilterLogEventsCommand(request), { abortSignal: source.signal });
      yield* page.events ?? [];
      nextToken = page.nextToken;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return;
      throw error;
    }
  } while (nextToken);
}
