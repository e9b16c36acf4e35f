import fc from "fast-check";
import { UsageError } from "../../../cli/lib/exit";
import { nextTicks } from "../../../cli/next/next-ticks";
import { renderNext } from "../../../cli/next/table";
import { SECOND_MS } from "../../../schedule/duration";
import { instantsBetween } from "../../../schedule/grid";
import { tickId } from "../../../schedule/tick";
import { environment, parsed, schedule } from "../../config/examples";
import { MINUTE } from "../../simulation/schedules";

const SEVERAL = parsed(
  environment({
    schedules: [
      schedule({ name: "heartbeat", interval: "10s" }),
      schedule({ name: "sync", interval: "45s", phase: "5s" }),
      schedule({ name: "reports", interval: "1m", enabled: false, note: "moving the database" }),
      schedule({ name: "poll", interval: "30s" }),
    ],
  }),
);

const RELATIVE = parsed(
  environment({
    strategy: { kind: "sfn-loop", pacing: "relative" },
    schedules: [
      schedule({ name: "heartbeat", interval: "10s" }),
      schedule({ name: "old", interval: "10s", enabled: false, note: "retired" }),
    ],
  }),
);

/** Ten thousand schedules, every tenth of them paused. */
const MANY = {
  ...SEVERAL,
  schedules: Array.from({ length: 10_000 }, (_, k) => ({
    ...(SEVERAL.schedules[0] as (typeof SEVERAL.schedules)[number]),
    name: `tenant-${k}`,
    phaseMs: (k % 10) * SECOND_MS,
    paused: k % 10 === 9 ? "not paid" : null,
  })),
};

test("the ticks of several schedules are merged, and a paused one is named with its note", () => {
  expect(renderNext(nextTicks(SEVERAL, { from: MINUTE, most: 7 }))).toBe(
    [
      "dev: the next 7 ticks of 3 schedules, from 2026-11-22T18:25:00.000Z on, in UTC",
      "",
      "scheduledAt           schedule   rhythm          id",
      "2026-11-22T18:25:00Z  heartbeat  every 10s       heartbeat-1795371900",
      "2026-11-22T18:25:00Z  poll       every 30s       poll-1795371900",
      "2026-11-22T18:25:10Z  heartbeat  every 10s       heartbeat-1795371910",
      "2026-11-22T18:25:20Z  heartbeat  every 10s       heartbeat-1795371920",
      "2026-11-22T18:25:30Z  heartbeat  every 10s       heartbeat-1795371930",
      "2026-11-22T18:25:30Z  poll       every 30s       poll-1795371930",
      "2026-11-22T18:25:35Z  sync       every 45s + 5s  sync-1795371935",
      "",
      "dev: 1 schedule is paused and will not tick",
      "  reports: “moving the database”",
    ].join("\n"),
  );
});

test("the ticks are as many as asked for, in order of time, and none before the last is left out", () => {
  const start = fc.integer({ min: 0, max: Date.parse("2100-01-01T00:00:00.000Z") });
  fc.assert(
    fc.property(start, fc.integer({ min: 1, max: 200 }), (from, most) => {
      const { ticks } = nextTicks(SEVERAL, { from, most });
      const last = Date.parse(ticks.at(-1)?.scheduledAt as string);
      const due = SEVERAL.schedules
        .filter(({ paused }) => paused === null)
        .flatMap((one) => instantsBetween(one, from, last + 1).map((at) => ({ at, id: tickId(one.name, at) })))
        .sort((a, b) => a.at - b.at);
      expect(ticks).toHaveLength(most);
      expect(ticks.map(({ id }) => id)).toEqual(due.slice(0, most).map(({ id }) => id));
    }),
  );
});

test("of one schedule that is named, the ticks of that one alone", () => {
  const next = nextTicks(SEVERAL, { from: MINUTE, most: 3, schedule: "sync" });
  expect(next.ticks.map(({ scheduledAt }) => scheduledAt.slice(14, 19))).toEqual(["25:35", "26:20", "27:05"]);
  expect([next.schedules, next.paused]).toEqual([1, []]);
});

test("of a paused schedule, that it is paused, and nothing else", () => {
  const next = nextTicks(SEVERAL, { from: MINUTE, most: 3, schedule: "reports" });
  expect([next.ticks, next.paused]).toEqual([[], [{ schedule: "reports", note: "moving the database" }]]);
  expect(renderNext(next)).toBe("dev: 1 schedule is paused and will not tick\n  reports: “moving the database”");
});

test("a paused environment has no ticks", () => {
  const next = nextTicks(parsed(environment({ enabled: false, note: "for now" })), { from: MINUTE, most: 3 });
  expect([next.ticks, next.paused]).toEqual([[], [{ schedule: "heartbeat", note: "for now" }]]);
});

test("relative pacing has no grid, so no instants are told", () => {
  const next = nextTicks(RELATIVE, { from: MINUTE, most: 3 });
  expect([next.ticks, next.schedules]).toEqual([[], 0]);
  expect(next.withoutGrid).toEqual([{ schedule: "heartbeat", rhythm: "every 10s" }]);
  expect(renderNext(next)).toMatch(
    /^dev: sfn-loop \(relative\) has no grid\. .*\n {2}heartbeat: every 10s\n\ndev: 1 schedule is paused and will not tick\n {2}old: “retired”$/,
  );
});

test("a schedule that is not there is refused with those that are", () => {
  expect(() => nextTicks(SEVERAL, { from: MINUTE, most: 3, schedule: "hartbeat" })).toThrow(
    new UsageError('"hartbeat" is not a schedule of dev. Write one of heartbeat, sync, reports, poll.'),
  );
  expect(() => nextTicks(MANY, { from: MINUTE, most: 3, schedule: "x" })).toThrow(
    /tenant-19, or one of 9980 others\.$/,
  );
});

test("of ten thousand schedules as many lines are printed as of three", () => {
  const next = nextTicks(MANY, { from: MINUTE, most: 20 });
  expect(next.schedules).toBe(9_000);
  expect(next.ticks.map(({ schedule: name }) => name)).toEqual(
    Array.from({ length: 20 }, (_, k) => `tenant-${10 * k}`),
  );
  const lines = renderNext(next).split("\n");
  expect(lines).toHaveLength(2 + 1 + 20 + 1 + 1 + 10 + 1);
  expect(lines.slice(-2)).toEqual(["  tenant-99: “not paid”", "  and 990 more schedules"]);
});
