import {
  DescribeLogGroupsCommand,
  type FilterLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { LogsMissingError } from "../../../cli/report/log-reader";
import { type ClockReading, readClock } from "../../../cli/report/read-clock";
import { isLong, readFailure } from "../../../cli/report/read-failure";
import { HEARTBEAT, START, tickOf } from "./events";
import { logsClient } from "./logs-client";

const GROUPS = { all: ["/iterator", "/clock"], dispatching: ["/iterator", "/clock"] };

/** Logs of a clock deployed at `createdAt` that ticks from `firstAt` on, each tick in time. */
function logs(createdAt: number, firstAt: number, count: number): ClockReading["client"] {
  const lines = Array.from({ length: count }, (_, k) => firstAt + k * 10_000).map((timestamp) => ({
    timestamp,
    message: JSON.stringify({
      message: "tick.dispatched",
      tick: tickOf(HEARTBEAT, timestamp, 2),
      late: false,
      attempts: 1,
    }),
  }));
  const send = async (command: FilterLogEventsCommand | DescribeLogGroupsCommand) => {
    if (command instanceof DescribeLogGroupsCommand) {
      return {
        logGroups: [
          { logGroupName: "/iterator", creationTime: createdAt },
          { logGroupName: "/iterator-2", creationTime: 1 },
        ],
      };
    }
    const { logGroupName, startTime = 0, endTime = 0 } = command.input;
    if (logGroupName !== "/iterator") throw new ResourceNotFoundException({ $metadata: {}, message: "none" });
    return { events: lines.filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime) };
  };
  return logsClient(send);
}

function reading(client: ClockReading["client"], onProgress?: ClockReading["onProgress"]): ClockReading {
  return {
    client,
    logGroups: GROUPS,
    schedules: [HEARTBEAT],
    catchUpMs: 10_000,
    span: { from: START - 600_000, to: START + 600_000 },
    about: { generatedAt: START + 630_000, observed: "a test" },
    onProgress,
  };
}

test("a clock that was there before the span is reported for all of it", async () => {
  const shares: number[] = [];
  const client = logs(START - 7_200_000, START - 600_000, 120);
  const report = await readClock(reading(client, (share) => shares.push(share)));
  expect(report).toMatchObject({ ok: true, notes: [], schedules: [{ due: 120, seen: 120 }] });
  expect(shares.at(-1)).toBeGreaterThan(0.9);
});

test("a clock that was deployed within the span is reported from its first tick on, and that is said", async () => {
  const report = await readClock(reading(logs(START - 90_000, START, 60)));
  expect(report.schedules[0]).toMatchObject({ ok: true, due: 60, span: { from: "2026-11-22T18:25:10.000Z" } });
  expect(report.notes[0]).toMatch(/deployed at 2026-11-22T18:23:40\.000Z, within the span/);
});

test("a clock that never ticked has missed what was due from three minutes after its deployment on", async () => {
  const report = await readClock(reading(logs(START, START, 0)));
  expect(report.schedules[0]).toMatchObject({
    due: 42,
    missed: { count: 42 },
    span: { from: "2026-11-22T18:28:10.000Z" },
  });
  expect(report.notes[1]).toMatch(/have no tick in this span/);
});

test("an error of a read names its remedy", () => {
  const named = (name: string, message = "m") => Object.assign(new Error(message), { name });
  expect(readFailure(new LogsMissingError(["/a"]), "prod").message).toMatch(/\/a\. Deploy the environment, or check/);
  expect(readFailure(named("Error", "connect ECONNREFUSED"), "local (embedded AWS)").message).toMatch(
    /npm start -- --keep$/,
  );
  expect(readFailure(named("AccessDeniedException"), "prod").message).toMatch(/needs logs:FilterLogEvents/);
  expect(readFailure(named("CredentialsProviderError"), "prod").message).toMatch(/Set AWS_PROFILE/);
  const other = named("Other");
  expect(readFailure(other, "prod")).toBe(other);
});

test("a span is long if it has more than 50,000 ticks", () => {
  expect(isLong([HEARTBEAT], { from: 0, to: 500_000_000 })).toBe(false);
  expect(isLong([HEARTBEAT, HEARTBEAT], { from: 0, to: 500_000_000 })).toBe(true);
});
