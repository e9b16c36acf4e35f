import {
  type FilteredLogEvent,
  type FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  type FilterLogEventsCommandOutput,
  ResourceNotFoundException,
  ThrottlingException,
} from "@aws-sdk/client-cloudwatch-logs";
import { followTickEvents, type LogSource, readTickEvents } from "../../report/log-reader";
import type { TickEvent } from "../../report/tick-log";
import { HEARTBEAT, START, tickOf } from "./events";

type Page = { events?: FilteredLogEvent[]; nextToken?: string };

/** A client that answers each request by `answer`, and remembers the requests. */
function clientOf(answer: (input: FilterLogEventsCommandInput, count: number) => Page) {
  const requests: FilterLogEventsCommandInput[] = [];
  const send = async (command: FilterLogEventsCommand): Promise<FilterLogEventsCommandOutput> => {
    requests.push(command.input);
    return { $metadata: {}, ...answer(command.input, requests.length) };
  };
  return { client: { send } as unknown as LogSource["client"], requests };
}

/** A log line of the tick number `k`, readable at its timestamp. */
function line(k: number, fields: Partial<FilteredLogEvent> = {}): FilteredLogEvent {
  const timestamp = START + k * 10_000;
  const message = JSON.stringify({ message: "tick.dispatched", tick: tickOf(HEARTBEAT, timestamp), attempts: 1 });
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

describe("reading once", () => {
  test("goes through all pages of all groups and names the group as the source", async () => {
    const { client, requests } = clientOf(({ logGroupName, nextToken }) =>
      logGroupName === "/b"
        ? { events: [line(9)] }
        : nextToken
          ? { events: [line(1)] }
          : { events: [line(0)], nextToken: "n" },
    );
    const events = await collect(readTickEvents({ client, logGroups: ["/a", "/b"], from: START, to: START + 60_000 }));
    expect(placesOf(events)).toEqual([0, 1, 9]);
    expect(events.map(({ source }) => source)).toEqual(["/a", "/a", "/b"]);
    expect(requests.map(({ logGroupName, nextToken }) => [logGroupName, nextToken])).toEqual([
      ["/a", undefined],
      ["/a", "n"],
      ["/b", undefined],
    ]);
    expect(requests[0]).toMatchObject({ startTime: START, endTime: START + 59_999 });
  });

  test("an empty page may have a next one, and lines of others are left out", async () => {
    const { client } = clientOf(({ nextToken }) =>
      nextToken
        ? { events: [line(0, { message: "START RequestId: 1" }), line(1), { eventId: "x" }] }
        : { nextToken: "n" },
    );
    expect(placesOf(await collect(readTickEvents({ client, logGroups: ["/a"], from: START })))).toEqual([1]);
  });

  test("a group that does not exist is empty; other errors are the caller's", async () => {
    const missing = clientOf(() => {
      throw NOT_FOUND;
    });
    expect(await collect(readTickEvents({ client: missing.client, logGroups: ["/a"], from: START }))).toEqual([]);
    const throttled = clientOf(() => {
      throw THROTTLED;
    });
    await expect(collect(readTickEvents({ client: throttled.client, logGroups: ["/a"], from: START }))).rejects.toBe(
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

  test("goes on where the group does not exist yet or a request is throttled", async () => {
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
