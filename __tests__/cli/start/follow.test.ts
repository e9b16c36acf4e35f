import { buildReport } from "../../../cli/report/summary";
import type { TickEvent } from "../../../cli/report/tick-log";
import { type Followed, type FollowOptions, followTicks } from "../../../cli/start/follow";
import { QUIET_TEXT } from "../../../cli/start/follow-lines";
import { iso } from "../../../schedule/tick";
import { CLOCK, dispatched, HEARTBEAT, measured, missed, RELATIVE, START, started, suppressed } from "../report/events";
import { VirtualClock } from "./virtual-clock";

/** When an event becomes readable, ms since the epoch, and the event; or an error of the source. */
type Script = readonly (readonly [number, TickEvent | Error])[];

interface Outcome extends Followed {
  readonly text: string;
  readonly endedAt: number;
  readonly sourceStopped: boolean;
}

/** Follows the script on a virtual clock that begins 20 s before the first tick. */
async function follow(script: Script, options: Partial<FollowOptions> = {}, abortAt?: number): Promise<Outcome> {
  const clock = new VirtualClock(START - 20_000);
  const written: string[] = [];
  let sourceSignal: AbortSignal | undefined;
  async function* events(signal: AbortSignal) {
    sourceSignal = signal;
    for (const [at, event] of script) {
      await clock.waitUntil(at);
      if (event instanceof Error) throw event;
      yield event;
    }
  }
  const interrupt = new AbortController();
  if (abortAt !== undefined) void clock.waitUntil(abortAt).then(() => interrupt.abort());
  const followed = await clock.run(
    followTicks({
      events,
      schedules: [HEARTBEAT],
      clock,
      output: { write: (text) => written.push(text) },
      forMs: 30_000,
      signal: interrupt.signal,
      ...options,
    }),
  );
  const sourceStopped = sourceSignal?.aborted ?? false;
  return { ...followed, text: written.join(""), endedAt: clock.now(), sourceStopped };
}

/** Each tick's dispatch readable at once, its start 2 s later. */
function script(count: number, skew = 3): Script {
  return Array.from({ length: count }, (_, k) => START + k * 10_000).flatMap(
    (at): Script => [
      [at + 100, dispatched(HEARTBEAT, at, skew)],
      [at + 2_000, started(HEARTBEAT, at, skew)],
    ],
  );
}

/** The lines of the ticks, without the text and the heading before them. */
function tickLines({ text }: Outcome): string[] {
  return text.split("\n").slice(3, -1);
}

describe("the observed span", () => {
  test("begins with the first tick and has each due tick of `forMs` in it", async () => {
    const { records, schedules, endedAt, sourceStopped } = await follow(script(6));
    expect(schedules).toEqual([{ ...HEARTBEAT, span: { from: START, to: START + 30_000 } }]);
    expect(records.map(({ scheduledAt }) => scheduledAt)).toEqual(
      [0, 10_000, 20_000].map((after) => iso(START + after)),
    );
    expect(endedAt - START).toBeGreaterThanOrEqual(34_000);
    expect(endedAt - START).toBeLessThan(34_300);
    expect(sourceStopped).toBe(true);
  });

  test("a start that comes in the grace after it still counts", async () => {
    const late: Script = [[START + 33_000, started(HEARTBEAT, START + 20_000, 3)]];
    expect((await follow(script(3).slice(0, -1))).records.at(-1)?.startedAt).toBeNull();
    expect((await follow([...script(3).slice(0, -1), ...late])).records.at(-1)?.startedAt).not.toBeNull();
  });

  test("a first tick whose dispatch failed begins it as well; a start after its tick's expiry does not", async () => {
    const failed: Script = [
      [START - 1_000, started(HEARTBEAT, START - 20_000, 0, 19_000)],
      [START + 100, missed(HEARTBEAT, START, "dispatch-failed")],
    ];
    const { schedules, records } = await follow([...failed, ...script(3).slice(2)]);
    expect(schedules[0]?.span.from).toBe(START);
    expect(records).toHaveLength(2);
  });

  test.each([
    ["tick.started", started(HEARTBEAT, START, 3)],
    ["tick.measured", measured(HEARTBEAT, START, 80)],
  ])("begins with a first tick of which only %s is seen", async (_, event) => {
    const { schedules, records } = await follow([[START + 500, event]]);
    expect(schedules[0]?.span.from).toBe(START);
    expect(records).toMatchObject([{ dispatchedAt: event.kind === "tick.started" ? iso(START + 3) : iso(START) }]);
  });

  test("under relative pacing a start begins it at its tick's dispatch", async () => {
    const { schedules } = await follow([[START + 500, started(RELATIVE, START, 3)]], { schedules: [RELATIVE] });
    expect(schedules[0]?.span.from).toBe(START + 3);
  });

  test("each schedule's begins with its own first tick, but its rule has no more than 90 s to fire", async () => {
    const other = { ...HEARTBEAT, name: "other" };
    const silent = { ...HEARTBEAT, name: "silent" };
    const events: Script = [...script(20), [START + 42_000, dispatched(other, START + 40_000)] as const].sort(
      ([a], [b]) => a - b,
    );
    const { schedules } = await follow(events, { schedules: [HEARTBEAT, other, silent], forMs: 180_000 });
    expect(schedules.map(({ span }) => span.from - START)).toEqual([0, 40_000, 90_000]);
    expect(schedules.map(({ span }) => span.to - START)).toEqual([180_000, 180_000, 180_000]);
  });

  test("an interrupt returns what there is, up to the ticks that had time to be seen", async () => {
    const { schedules, records, endedAt, sourceStopped } = await follow(script(3), {}, START + 12_000);
    expect(sourceStopped).toBe(true);
    expect(endedAt).toBeLessThan(START + 12_300);
    expect(schedules[0]?.span).toEqual({ from: START, to: endedAt - 4_000 });
    expect(records).toHaveLength(1);
    expect(await follow([], {}, START)).toMatchObject({ schedules: [], records: [] });
  });

  test("under relative pacing it begins with the first dispatch", async () => {
    const events = [0, 10_100, 20_200].map((after) => [START + after, dispatched(RELATIVE, START + after)] as const);
    const { schedules, endedAt } = await follow(events, { schedules: [RELATIVE] });
    expect(schedules[0]?.span).toEqual({ from: START, to: START + 30_000 });
    expect(endedAt - START).toBeGreaterThanOrEqual(34_000);
  });
});

describe("under lambda-clock, whose dispatches are readable only a minute later", () => {
  const FIRST = START + 50_000;
  const events: Script = [0, 1, 2]
    .map((k) => FIRST + k * 60_000)
    .flatMap(
      (at): Script => [
        [at + 1_000, measured(CLOCK, at, 90)],
        [at + 2_000, started(CLOCK, at, 0, 60)],
        [at + 72_000, dispatched(CLOCK, at)],
      ],
    );
  const inOrder = [...events].sort(([a], [b]) => a - b);

  test("each tick has its line in seconds, and following ends with the grace after its span, with none missed", async () => {
    const outcome = await follow(inOrder, { schedules: [CLOCK], forMs: 120_000 });
    expect(tickLines(outcome)).toEqual([
      "18:26:00.000  18:26:00.000  18:26:00.060        0 ms      +60 ms",
      "18:27:00.000  18:27:00.000  18:27:00.060        0 ms      +60 ms",
    ]);
    expect(outcome.endedAt - FIRST).toBeLessThan(124_300);
    const report = buildReport({ generatedAt: START, observed: "local", ...outcome });
    expect(report.schedules).toMatchObject([
      { due: 2, outcomes: { "on-time": 2, missed: 0 }, duplicate: 0, dispatchSkewMs: { count: 2, mean: 0 } },
    ]);
  });

  test("the countdown to the end begins with the first start", async () => {
    const written: string[] = [];
    const output = { write: (text: string) => written.push(text), isTTY: true };
    await follow(inOrder, { schedules: [CLOCK], output }, FIRST + 2_500);
    expect(written.some((text) => /0m (29|28)s to go$/.test(text))).toBe(true);
  });
});

test("no tick in time is an error that says so", async () => {
  await expect(follow([])).rejects.toThrow(
    'no tick of "heartbeat" came within 180 s: either no rule fired, or the functions it starts failed',
  );
});

describe("a schedule that ticks seldom", () => {
  const seldom = { ...HEARTBEAT, name: "seldom", intervalMs: 600_000 };
  // Of every ten minutes from 18:20; 18:25:10 is START.
  const FIRST = START + 290_000;

  test("is waited for until the first instant of its grid, which is named at once", async () => {
    const { text, records } = await follow([[FIRST + 100, dispatched(seldom, FIRST)]], { schedules: [seldom] });
    expect(text).toContain("seldom ticks every 10m");
    expect(text).toContain("by 2026-11-22 18:30:00 UTC, within 5m 10s.");
    expect(records).toHaveLength(1);
    await expect(follow([], { schedules: [seldom] })).rejects.toThrow('no tick of "seldom" came within 370 s');
  });

  test("is no failure if no tick of it was due in the span", async () => {
    const outcome = await follow(script(6), { schedules: [HEARTBEAT, seldom] });
    const report = buildReport({ generatedAt: START, observed: "local", dispatchSkewLimitMs: 10, ...outcome });
    expect(report.schedules.map(({ due, ok }) => [due > 0, ok])).toEqual([
      [true, true],
      [false, true],
    ]);
    expect(report.ok).toBe(true);
  });
});

describe("a schedule of which no tick comes", () => {
  const silent = { ...HEARTBEAT, name: "silent" };

  test("is found out in a short span as well: following goes on until one was due", async () => {
    const outcome = await follow(script(12), { schedules: [HEARTBEAT, silent], forMs: 10_000 });
    expect(outcome.endedAt - START).toBeLessThan(105_000);
    const report = buildReport({ generatedAt: START, observed: "local", ...outcome });
    expect(report.schedules.map(({ schedule, outcomes }) => [schedule, outcomes.missed])).toEqual([
      ["heartbeat", 0],
      ["silent", 1],
    ]);
    expect(report.ok).toBe(false);
  });

  test("is not waited for if it is paused", async () => {
    const { endedAt } = await follow(script(3), { schedules: [silent, HEARTBEAT], paused: new Set(["silent"]) });
    expect(endedAt - START).toBeLessThan(34_300);
  });
});

test("an error of the source is the caller's; a source that ends is only silent", async () => {
  await expect(follow([[START, new Error("connect ECONNREFUSED")]])).rejects.toThrow("ECONNREFUSED");
  const { endedAt } = await follow(script(1));
  expect(endedAt - START).toBeGreaterThanOrEqual(34_000);
});

describe("the lines", () => {
  test("say why it is quiet, then one a tick when it is complete", async () => {
    expect((await follow(script(3, -2))).text).toBe(`${QUIET_TEXT}
scheduled     dispatched    started       disp. skew  start skew
18:25:10.000  18:25:09.998  18:25:10.058       -2 ms      +58 ms
18:25:20.000  18:25:19.998  18:25:20.058       -2 ms      +58 ms
18:25:30.000  18:25:29.998  18:25:30.058       -2 ms      +58 ms
`);
  });

  test("come in order of time, and after the grace without the start", async () => {
    const events: Script = [
      [START + 100, dispatched(HEARTBEAT, START)],
      [START + 10_100, dispatched(HEARTBEAT, START + 10_000)],
      [START + 10_200, started(HEARTBEAT, START + 10_000)],
      [START + 20_100, started(HEARTBEAT, START + 20_000)],
      [START + 21_000, dispatched(HEARTBEAT, START + 20_000)],
    ];
    expect(tickLines(await follow(events))).toEqual([
      "18:25:10.000  18:25:10.000  -                   0 ms           -",
      "18:25:20.000  18:25:20.000  18:25:20.060        0 ms      +60 ms",
      "18:25:30.000  18:25:30.000  18:25:30.060        0 ms      +60 ms",
    ]);
  });

  test("show each time that a tick came; the report names the missed and the duplicates", async () => {
    const events: Script = [
      [START + 700, dispatched(HEARTBEAT, START, 620)],
      [START + 800, started(HEARTBEAT, START, 620)],
      [START + 900, dispatched(HEARTBEAT, START, 850)],
      [START + 1_000, suppressed(HEARTBEAT, START)],
      [START + 10_100, missed(HEARTBEAT, START + 10_000, "dispatch-failed")],
      [START + 30_100, dispatched(HEARTBEAT, START + 30_000)],
      [START + 30_200, started(HEARTBEAT, START + 30_000)],
      [START + 30_300, started(HEARTBEAT, START + 30_000, 0, 250)],
    ];
    expect(tickLines(await follow(events, { forMs: 40_000 }))).toEqual([
      "18:25:10.000  18:25:10.620  18:25:10.680     +620 ms     +680 ms",
      "18:25:10.000  18:25:10.850  -                +850 ms           -",
      "18:25:40.000  18:25:40.000  18:25:40.060        0 ms      +60 ms",
      "18:25:40.000  -             18:25:40.250           -     +250 ms",
    ]);
  });

  test("leave out other schedules and ticks after the span; several schedules are named", async () => {
    const other = { ...HEARTBEAT, name: "somewhat-longer" };
    const stranger = { ...HEARTBEAT, name: "stranger" };
    const events: Script = [
      [START + 100, dispatched(HEARTBEAT, START)],
      [START + 150, dispatched(stranger, START)],
      [START + 200, dispatched(other, START)],
      [START + 10_100, dispatched(HEARTBEAT, START + 10_000)],
    ];
    const { text } = await follow(events, { schedules: [HEARTBEAT, other], forMs: 10_000 });
    expect(text.split("\n").slice(2, -1)).toEqual([
      "schedule         scheduled     dispatched    started       disp. skew  start skew",
      "heartbeat        18:25:10.000  18:25:10.000  -                   0 ms           -",
      "somewhat-longer  18:25:10.000  18:25:10.000  -                   0 ms           -",
    ]);
  });

  test("have no skew under relative pacing, which has no grid", async () => {
    const events = [0, 10_097, 20_204].map((after) => [START + after, dispatched(RELATIVE, START + after)] as const);
    expect(tickLines(await follow(events, { schedules: [RELATIVE] }))).toEqual([
      "-             18:25:10.000  -                      -           -",
      "-             18:25:20.097  -                      -           -",
      "-             18:25:30.204  -                      -           -",
    ]);
  });
});

describe("on a terminal", () => {
  test("a countdown is drawn over itself and taken away at the end", async () => {
    const written: string[] = [];
    await follow(script(3), { output: { write: (text) => written.push(text), isTTY: true } });
    const drawn = written.slice(1).map((text) => text.split("\r\u001b[2K"));
    expect(drawn.every(([before]) => before === "")).toBe(true);
    expect(drawn[0]?.[1]).toBe("waiting for the first tick, 0 s so far");
    const texts = drawn.map(([, text]) => text);
    expect(texts).toContain("0m 25s to go");
    expect(texts.at(-2)).toBe("waiting for the last ticks to start");
    expect(written.at(-1)).toBe("\r\u001b[2K");
  });

  test("the countdown is cut to the width of the terminal, so that it stays one line", async () => {
    const written: string[] = [];
    await follow(script(1), {
      output: { write: (text) => written.push(text), isTTY: true, columns: 20 },
    });
    expect(written[1]).toBe("\r\u001b[2Kwaiting for the fir");
  });
});
