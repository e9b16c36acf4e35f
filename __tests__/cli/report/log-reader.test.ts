import {
  type FilteredLogEvent,
  type FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  type FilterLogEventsCommandOutput,
  ResourceNotFoundException,
  ThrottlingException,
} from "@aws-sdk/client-cloudwatch-logs";
import { followTickEvents, LogsMissingError, type ReadBatch, readTickEvents } from "../../../cli/report/log-reader";
import type { TickEvent } from "../../../cli/report/tick-log";
import { HEARTBEAT, START, tickOf } from "./events";
import { logsClient } from "./logs-client";

type Page = { events?: FilteredLogEvent[]; nextToken?: string };

/** A client that answers each request by `answer`, and remembers the requests. */
function clientOf(answer: (input: FilterLogEventsCommandInput, count: number) => Page) {
  const requests: FilterLogEventsCommandInput[] = [];
  const send = async (command: FilterLogEventsCommand): Promise<FilterLogEventsCommandOutput> => {
    requests.push({ ...command.input });
    return { $metadata: {}, ...answer(command.input, requests.length) };
  };
  return { client: logsClient(send), requests };
}

/** A log line of the tick number `k`, readable at its timestamp. */
function line(k: number, fields: Partial<FilteredLogEvent> = {}): FilteredLogEvent {
  const timestamp = START + k * 10_000;
  const message = JSON.stringify({
    message: "tick.dispatched",
    tick: tickOf(HEARTBEAT, timestamp),
    late: false,
    attempts: 1,
  });
  return { eventId: `e${k}`, logStreamName: "s", timestamp, message, ...fields };
}

function placesOf(events: TickEvent[]): number[] {
  return events.flatMap((event) =>
    "tick" in event ? (Date.parse(event.tick.scheduledAt ?? "") - START) / 10_000 : [],
  );
}

async function collect(source: AsyncIterable<TickEvent>): Promise<TickEvent[]> {
  const events: TickEvent[] = [];
  for await (const event of source) events.push(event);
  return events;
}

/** Follows for as many rounds as there are `rounds`; what one of them throws, the request throws. */
async function follow(rounds: (FilteredLogEvent[] | Error)[]) {
  const stop = new AbortController();
  const pauses: number[] = [];
  const { client, requests } = clientOf((_, count) => {
    const round = rounds[count - 1];
    if (round instanceof Error) throw round;
    return { events: round };
  });
  const pause = async (ms: number) => {
    pauses.push(ms);
    if (requests.length === rounds.length) stop.abort();
  };
  const source = { client, logGroups: ["/iterator"], from: START, signal: stop.signal, pause };
  return { events: await collect(followTickEvents(source)), requests, pauses };
}

const NOT_FOUND = new ResourceNotFoundException({ $metadata: {}, message: "The specified log group does not exist." });
const THROTTLED = new ThrottlingException({ $metadata: {}, message: "Rate exceeded" });

async function read(source: AsyncIterable<ReadBatch>): Promise<ReadBatch[]> {
  const batches: ReadBatch[] = [];
  for await (const batch of source) batches.push(batch);
  return batches;
}

describe("reading once", () => {
  const to = START + 100_000;

  test("goes through all pages of all groups side by side, up to the same instant in each", async () => {
    const { client, requests } = clientOf(({ logGroupName, nextToken }) =>
      logGroupName === "/b"
        ? { events: [line(0), line(2), line(9)] }
        : nextToken
          ? { events: [line(3), line(4)] }
          : { events: [line(0), line(1)], nextToken: "n" },
    );
    const batches = await read(readTickEvents({ client, logGroups: ["/a", "/b"], from: START, to }));
    expect(batches.map(({ events, readTo }) => [placesOf([...events]), (readTo - START) / 10_000])).toEqual([
      [[0, 1, 0], 1],
      [[3, 4, 2], 4],
      [[9], 9],
    ]);
    expect(batches.flatMap(({ events }) => events.map(({ source }) => source))).toEqual([
      "/a",
      "/a",
      "/b",
      "/a",
      "/a",
      "/b",
      "/b",
    ]);
    expect(requests.filter(({ logGroupName }) => logGroupName === "/a").map(({ nextToken }) => nextToken)).toEqual([
      undefined,
      "n",
    ]);
    expect(requests[0]).toMatchObject({ startTime: START, endTime: START + 99_999 });
  });

  test("an empty page may have a next one, and lines of others are left out", async () => {
    const { client } = clientOf(({ nextToken }) =>
      nextToken ? { events: [line(0, { message: "START RequestId: 1" }), line(1)] } : { nextToken: "n" },
    );
    const batches = await read(readTickEvents({ client, logGroups: ["/a"], from: START, to }));
    expect(batches.flatMap(({ events }) => placesOf([...events]))).toEqual([1]);
  });

  test("a group that does not exist is empty, but one must; other errors are the caller's", async () => {
    const one = clientOf(({ logGroupName }) => {
      if (logGroupName === "/a") throw NOT_FOUND;
      return { events: [line(1)] };
    });
    const batches = await read(readTickEvents({ client: one.client, logGroups: ["/a", "/b"], from: START, to }));
    expect(batches.flatMap(({ events }) => placesOf([...events]))).toEqual([1]);
    const none = clientOf(() => {
      throw NOT_FOUND;
    });
    await expect(read(readTickEvents({ client: none.client, logGroups: ["/a"], from: START, to }))).rejects.toThrow(
      LogsMissingError,
    );
    const throttled = clientOf(() => {
      throw THROTTLED;
    });
    await expect(read(readTickEvents({ client: throttled.client, logGroups: ["/a"], from: START, to }))).rejects.toBe(
      THROTTLED,
    );
  });
});

describe("following", () => {
  test("yields each event once, also where a line becomes readable after a later one", async () => {
    const { events, pauses } = await follow([[line(1)], [line(0), line(1)], [line(0), line(1), line(2)]]);
    expect(placesOf(events)).toEqual([1, 0, 2]);
    expect(pauses).toEqual([500, 500, 500]);
  });

  test("looks back 30 s from the newest line, never before the start", async () => {
    const { requests } = await follow([[line(1)], [line(6)], []]);
    expect(requests.map(({ startTime }) => startTime)).toEqual([START, START, START + 30_000]);
  });

  test("tells lines without an eventId apart by their stream, timestamp and text", async () => {
    const bare = (k: number, logStreamName: string) => line(k, { eventId: undefined, logStreamName });
    const { events } = await follow([[bare(0, "a")], [bare(0, "a"), bare(0, "b"), bare(1, "a")]]);
    expect(placesOf(events)).toEqual([0, 0, 1]);
  });

  test("goes on if the group does not exist yet, or a request is throttled", async () => {
    const { events } = await follow([NOT_FOUND, [line(0)], THROTTLED, [line(0), line(1)]]);
    expect(placesOf(events)).toEqual([0, 1]);
  });

  test("other errors are the caller's, unless they come of the signal", async () => {
    await expect(follow([[line(0)], new Error("connect ECONNREFUSED")])).rejects.toThrow("ECONNREFUSED");
    const stop = new AbortController();
    const { client } = clientOf(() => {
      stop.abort();
      throw new Error("Request aborted");
    });
    const source = { client, logGroups: ["/a"], from: START, signal: stop.signal, pause: async () => undefined };
    expect(await collect(followTickEvents(source))).toEqual([]);
  });
});
