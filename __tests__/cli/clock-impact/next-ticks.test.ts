import { withoutTimed } from "../../../cli/ci/texts";
import { renderNextTicks } from "../../../cli/clock-impact/next-ticks";
import type { ScheduleDescription } from "../../../schedule/clock";
import type { Hours, Window } from "../../../schedule/hours";
import { clock, described, RELATIVE, SQS_DELAY } from "../terraform/clocks";

const PLANNED_AT = "2026-11-27T02:29:15.589Z";
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const HOUR_S = 3_600;

/** The lines of ticks, of one schedule before and after; `null` for none. */
function ticksOf(before: ScheduleDescription | null, after: ScheduleDescription | null, plannedAt = PLANNED_AT) {
  const [then, now] = [before, after].map((one) => one && clock({ schedules: [one] }));
  return lines(renderNextTicks({ before: then ?? null, after: now ?? null }, plannedAt, 100));
}

/** What is in the block. */
function lines(text: string): string[] {
  return (/^```text\n(.*?)\n```$/ms.exec(text)?.[1] ?? "").split("\n").slice(1);
}

/** A schedule that ticks between two hours of a day by a zone's clock. */
function within(from: number, to: number, zone: string, more: Partial<Hours> = {}): ScheduleDescription {
  const window: Window = { days: EVERY_DAY, fromS: from * HOUR_S, toS: to * HOUR_S, zone };
  return described({ interval: "30m", hours: { rates: [{ intervalMs: 1_800_000, active: [window] }], ...more } });
}

const MINUTES = [
  "heartbeat  2026-11-27T02:30:00Z",
  "           2026-11-27T02:31:00Z",
  "           2026-11-27T02:32:00Z",
];

test("a new schedule shows its next three ticks, in UTC, and that they are counted from the time of the plan", () => {
  expect(ticksOf(null, described())).toEqual(MINUTES);
  const added = {
    before: clock(),
    after: clock({ schedules: [described(), described({ name: "new" })] }),
  };
  const text = renderNextTicks(added, PLANNED_AT, 100);
  expect(lines(text).map((line) => line.trim().split(/ +/))).toEqual([
    ["new", "2026-11-27T02:30:00Z"],
    ["2026-11-27T02:31:00Z"],
    ["2026-11-27T02:32:00Z"],
  ]);
  expect(text).toContain(
    "**The next three ticks of each changed schedule**, in UTC. They are counted from the time of the plan, 2026-11-27T02:29:15.589Z, and it is deployed later.\n",
  );
});

test("the time of the plan decides: the ticks are those at or after it", () => {
  expect(ticksOf(null, described(), "2026-11-27T02:30:00.000Z")).toEqual(MINUTES);
  expect(ticksOf(null, described(), "2026-11-27T02:30:00.001Z")[0]).toBe("heartbeat  2026-11-27T02:31:00Z");
});

test.each<[string, Parameters<typeof described>[0], string]>([
  ["interval", { interval: "10s" }, "2026-11-27T02:29:20Z"],
  ["phase", { phase: "20s" }, "2026-11-27T02:29:20Z"],
  ["lead", { leadMs: 750 }, "2026-11-27T02:30:00Z"],
  ["end of a pause", {}, "2026-11-27T02:30:00Z"],
])("another %s moves a schedule's ticks", (what, fields, first) => {
  const before = described({ paused: what === "end of a pause" ? "migration" : null });
  expect(ticksOf(before, described(fields))[0]).toBe(`heartbeat  ${first}`);
});

test("another window shows what the clock of its zone shows, as `metronome next` does", () => {
  expect(ticksOf(within(8, 18, "Europe/Berlin"), within(9, 10, "Europe/Berlin"))).toEqual([
    "heartbeat  2026-11-27T08:00:00Z  2026-11-27T09:00:00+01:00 Europe/Berlin",
    "           2026-11-27T08:30:00Z  2026-11-27T09:30:00+01:00 Europe/Berlin",
    "           2026-11-28T08:00:00Z  2026-11-28T09:00:00+01:00 Europe/Berlin",
  ]);
});

test("a window in UTC shows no other clock", () => {
  expect(ticksOf(null, within(9, 10, "UTC"))[0]).toBe("heartbeat  2026-11-27T09:00:00Z");
});

test("ticks that end soon are fewer than three, and a schedule without any says so", () => {
  const until = (text: string) => within(9, 10, "UTC", { until: Date.parse(text) });
  expect(ticksOf(null, until("2026-11-27T09:30:00Z"))).toEqual(["heartbeat  2026-11-27T09:00:00Z"]);
  expect(ticksOf(null, until("2026-11-27T02:00:00Z"))).toEqual(["heartbeat  none in a year"]);
});

test.each<[string, ScheduleDescription | null, ScheduleDescription | null]>([
  ["is paused by the change", described(), described({ paused: "migration" })],
  ["is added and paused", null, described({ paused: "migration" })],
  ["is removed", described(), null],
  ["stays as it is", described(), described()],
  ["gets another target", described(), described({ targets: { functions: 2, topics: 0, queues: 0 } })],
  ["gets another catch-up window", described(), described({ catchUpWindow: "30s" })],
  ["stays in the same window", within(8, 18, "Europe/Berlin"), within(8, 18, "Europe/Berlin")],
])("nothing is shown of a schedule that %s", (_, before, after) => {
  const [then, now] = [before, after].map((one) => one && clock({ schedules: [one] }));
  expect(renderNextTicks({ before: then ?? null, after: now ?? null }, PLANNED_AT, 100)).toBe("");
});

test("of an unchanged schedule nothing is shown beside a changed one", () => {
  const both = (interval: "1m" | "2m") =>
    clock({ schedules: [described({ name: "a" }), described({ name: "b", interval })] });
  const text = renderNextTicks({ before: both("1m"), after: both("2m") }, PLANNED_AT, 100);
  expect(lines(text).map((line) => line.slice(0, 1))).toEqual(["b", " ", " "]);
});

test("relative pacing has no grid: that is said, and no instant", () => {
  const published = (interval: "10s" | "20s") => clock({ strategy: RELATIVE, schedules: [described({ interval })] });
  const text = renderNextTicks({ before: published("10s"), after: published("20s") }, PLANNED_AT, 100);
  expect(text).toMatch(
    /^\*\*The next three ticks of each changed schedule\*\*: not known ahead, because .* has no grid\.$/,
  );
  expect(text).not.toContain("2026");
});

describe("more than ten changed schedules", () => {
  const many = (n: number) =>
    clock({ strategy: SQS_DELAY, schedules: Array.from({ length: n }, (_, k) => described({ name: `tenant-${k}` })) });
  const text = (n: number, most = 100) => renderNextTicks({ before: null, after: many(n) }, PLANNED_AT, most);
  const named = (one: string) => lines(one).filter((line) => line.startsWith("tenant-")).length;

  test("ten are shown; of the others their number, and the command that shows all", () => {
    expect(named(text(10))).toBe(10);
    expect(text(10)).not.toContain("more");
    expect(named(text(13))).toBe(10);
    expect(text(13)).toContain("\n\nAnd 3 more schedules: `npx metronome next dev`\n");
    expect(text(11)).toContain("And 1 more schedule: ");
  });

  test("fewer are shown if there is room for fewer", () => {
    expect(named(text(13, 5))).toBe(5);
    expect(text(13, 5)).toContain("And 8 more schedules: ");
  });
});

test("all of it is marked as timed, so that it is no difference between two comments", () => {
  const at = (plannedAt: string) =>
    `before\n\n${renderNextTicks({ before: null, after: clock() }, plannedAt, 100)}\n\nafter\n`;
  const [one, other] = [at(PLANNED_AT), at("2026-11-28T11:00:00.000Z")];
  expect(one).not.toBe(other);
  expect(withoutTimed(one)).toBe(withoutTimed(other));
  expect(withoutTimed(one)).toBe("before\n\n\n\nafter\n");
});
