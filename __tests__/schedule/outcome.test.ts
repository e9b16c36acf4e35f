import fc from "fast-check";
import { firstAtOrAfter } from "../../schedule/grid";
import { type Circumstances, judgeOf } from "../../schedule/judge";
import {
  type DueTick,
  ON_TIME_WITHIN_MS,
  type ScheduleTiming,
  type Span,
  type TickSighting,
} from "../../schedule/outcome";
import { tickId } from "../../schedule/tick";

const START = Date.parse("2026-11-22T18:25:10.000Z");
const TIMING: ScheduleTiming = {
  name: "beat",
  strategy: "sfn-loop",
  intervalMs: 10_000,
  phaseMs: 0,
  pacing: "clock",
  logsPlans: true,
};
const RELATIVE: ScheduleTiming = { ...TIMING, pacing: "relative" };

const NOTHING_ELSE: Circumstances = { isPaused: () => false, isPlanned: () => undefined, complete: true };

/** Where a sighting stands in the order that a judge takes them in. */
function instantOf({ id, scheduledAt, dispatchedAt }: TickSighting): number {
  if (scheduledAt !== null) return scheduledAt;
  return dispatchedAt.length > 0 ? Math.min(...dispatchedAt) : Number(id.split("-").at(-1)) * 1_000;
}

/** Has the sightings judged, in order, and gathers the verdicts. */
function accountFor(timing: ScheduleTiming, span: Span, sightings: readonly TickSighting[], about = NOTHING_ELSE) {
  const ticks: DueTick[] = [];
  let duplicate = 0;
  let offGrid = 0;
  const judge = judgeOf(timing, span, about, {
    due: (tick) => ticks.push(tick),
    duplicate: (_, __, times) => {
      duplicate += times;
    },
    offGrid: (_, __, times) => {
      offGrid += times;
    },
  });
  for (const sighting of [...sightings].sort((a, b) => instantOf(a) - instantOf(b))) judge.add(sighting);
  judge.end();
  const counts = { "on-time": 0, late: 0, missed: 0, "duplicate-suppressed": 0, paused: 0 };
  for (const { outcome } of ticks) counts[outcome.kind] += 1;
  return { ticks, counts, duplicate, offGrid };
}

function seen(scheduledAt: number, fields: Partial<TickSighting> = {}): TickSighting {
  const id = tickId("beat", scheduledAt);
  return { id, scheduledAt, dispatchedAt: [scheduledAt], missed: undefined, suppressed: 0, ...fields };
}

function cameAt(instant: number): TickSighting {
  return { ...seen(instant), scheduledAt: null };
}

/** Dispatches of runs that begin at second 10 of each minute and drift by `drift` ms a tick. */
function runs(count: number, drift: number, intervalMs = 10_000): number[] {
  const perRun = 60_000 / intervalMs;
  return Array.from({ length: count * perRun }, (_, k) => {
    const place = k % perRun;
    return START + Math.floor(k / perRun) * 60_000 + place * (intervalMs + drift);
  });
}

describe("a schedule with a grid", () => {
  const account = (...sightings: TickSighting[]) => accountFor(TIMING, { from: START, to: START + 30_000 }, sightings);
  const [a, b, c] = [START, START + 10_000, START + 20_000];

  test("each tick that was due is on time where it was dispatched at its instant", () => {
    const { ticks, counts } = account(seen(a), seen(b), seen(c));
    expect(ticks.map(({ id }) => id)).toEqual(["beat-1795371910", "beat-1795371920", "beat-1795371930"]);
    expect(counts).toEqual({ "on-time": 3, late: 0, missed: 0, "duplicate-suppressed": 0, paused: 0 });
  });

  test.each([
    [0, "on-time"],
    [ON_TIME_WITHIN_MS, "on-time"],
    [ON_TIME_WITHIN_MS + 1, "late"],
    [-ON_TIME_WITHIN_MS, "on-time"],
    [-ON_TIME_WITHIN_MS - 1, "late"],
  ])("a dispatch skew of %d ms is %s", (skewMs, kind) => {
    expect(account(seen(a, { dispatchedAt: [a + skewMs] })).ticks[0]?.outcome).toEqual({ kind, skewMs });
  });

  test("a tick that was not dispatched is missed, with the logged reason or because nothing was seen", () => {
    const { ticks, counts } = account(seen(a), seen(b, { dispatchedAt: [], missed: "expired" }));
    expect(counts.missed).toBe(2);
    expect(ticks.slice(1).map(({ outcome }) => outcome)).toEqual([
      { kind: "missed", reason: "expired" },
      { kind: "missed", reason: "not-seen" },
    ]);
  });

  test("a dispatch that was given up as unknown and yet arrived is no miss", () => {
    expect(account(seen(a, { missed: "dispatch-unknown" })).ticks[0]?.outcome.kind).toBe("on-time");
  });

  test("a tick dispatched once and suppressed once is on time", () => {
    const accounting = account(seen(a, { suppressed: 1 }), seen(b), seen(c));
    expect(accounting.counts["on-time"]).toBe(3);
    expect(accounting.duplicate).toBe(0);
  });

  test("a tick that was only ever suppressed is missed: its claimant ended before it dispatched it", () => {
    const { ticks, counts } = account(seen(a), seen(b, { dispatchedAt: [], suppressed: 1 }), seen(c));
    expect(counts).toMatchObject({ "on-time": 2, missed: 1, "duplicate-suppressed": 0 });
    expect(ticks[1]?.outcome).toEqual({ kind: "missed", reason: "claimant-lost" });
  });

  test("it is duplicate-suppressed if its claimant may be a clock whose logs are gone", () => {
    const sightings = [seen(a), seen(b, { dispatchedAt: [], suppressed: 1 }), seen(c)];
    const { counts } = accountFor(TIMING, { from: START, to: START + 30_000 }, sightings, {
      ...NOTHING_ELSE,
      complete: false,
    });
    expect(counts).toMatchObject({ "on-time": 2, missed: 0, "duplicate-suppressed": 1 });
  });

  test("a second dispatch is a duplicate on top of the outcome, which is the first one's", () => {
    const { ticks, duplicate } = account(seen(a, { dispatchedAt: [a + 900, a + 2] }));
    expect(ticks[0]?.outcome).toEqual({ kind: "on-time", skewMs: 2 });
    expect(duplicate).toBe(1);
  });

  test("ticks outside the span do not count, those off the grid count apart", () => {
    const accounting = account(seen(a), seen(b), seen(c), seen(a - 10_000), seen(c + 10_000), seen(a + 3_000));
    expect(accounting.ticks).toHaveLength(3);
    expect(accounting.offGrid).toBe(1);
  });

  test("a tick due in a pause and not dispatched is paused, whatever else was logged; one that was dispatched is not", () => {
    const about = { ...NOTHING_ELSE, isPaused: (at: number) => at >= b };
    const span = { from: START, to: START + 50_000 };
    const later = seen(c + 10_000, { dispatchedAt: [], missed: "expired" });
    const { ticks } = accountFor(TIMING, span, [seen(a), seen(c), later], about);
    expect(ticks.map(({ outcome }) => outcome.kind)).toEqual(["on-time", "paused", "on-time", "paused", "paused"]);
  });

  test("a tick of which nothing was seen was not planned where no run had planned its minute", () => {
    const reasons = (isPlanned: boolean | undefined) =>
      accountFor(TIMING, { from: a, to: b }, [], { ...NOTHING_ELSE, isPlanned: () => isPlanned }).ticks.map(
        ({ outcome }) => ("reason" in outcome ? outcome.reason : outcome.kind),
      );
    expect([reasons(false), reasons(true), reasons(undefined)]).toEqual([["not-planned"], ["not-seen"], ["not-seen"]]);
  });

  test("a tick without a grid was due at no instant of it", () => {
    expect(account(seen(a), seen(b), seen(c), cameAt(a + 4_000))).toMatchObject({
      offGrid: 1,
      counts: { "on-time": 3 },
    });
  });

  test("sightings out of order are refused", () => {
    const judge = judgeOf(TIMING, { from: START, to: START + 30_000 }, NOTHING_ELSE, {
      due: () => undefined,
      duplicate: () => undefined,
      offGrid: () => undefined,
    });
    judge.add(seen(b));
    expect(() => judge.add(seen(a))).toThrow(RangeError);
  });

  test("every due tick has one outcome, whatever was seen", () => {
    const timings = fc
      .record({ interval: fc.integer({ min: 1, max: 3_600 }), phase: fc.nat(3_599), ticks: fc.nat(50) })
      .map(({ interval, phase, ticks }) => ({
        intervalMs: interval * 1_000,
        phaseMs: (phase % interval) * 1_000,
        ticks,
      }));
    const sighting = fc.record({
      place: fc.integer({ min: -3, max: 55 }),
      offset: fc.constantFrom(0, 0, 0, 500),
      skews: fc.array(fc.integer({ min: -2_000, max: 5_000 }), { maxLength: 3 }),
      missed: fc.constantFrom(undefined, "expired", "overtaken", "dispatch-failed", "dispatch-unknown"),
      suppressed: fc.nat(2),
    });
    const sightings = fc.uniqueArray(sighting, { selector: ({ place }) => place, maxLength: 40 });
    fc.assert(
      fc.property(
        timings,
        fc.integer({ min: 0, max: 2e12 }),
        sightings,
        ({ intervalMs, phaseMs, ticks }, from, list) => {
          const timing = { ...TIMING, intervalMs, phaseMs };
          const first = firstAtOrAfter(timing, from);
          const given = list.map(({ place, offset, skews, missed, suppressed }) => {
            const at = first + place * intervalMs + offset;
            return seen(at, {
              dispatchedAt: skews.map((skew) => at + skew),
              missed,
              suppressed,
            } as Partial<TickSighting>);
          });
          const accounting = accountFor(timing, { from, to: first + ticks * intervalMs }, given);
          const sum = Object.values(accounting.counts).reduce((total, count) => total + count, 0);
          expect(sum).toBe(ticks);
          expect(new Set(accounting.ticks.map(({ id }) => id)).size).toBe(ticks);
          const onGrid = list.filter(({ place, offset }) => offset === 0 && place >= 0 && place < ticks);
          const came = onGrid.filter(({ skews }) => skews.length > 0);
          expect(accounting.counts["on-time"] + accounting.counts.late).toBe(came.length);
          expect(accounting.duplicate).toBe(came.reduce((extra, { skews }) => extra + skews.length - 1, 0));
        },
      ),
    );
  });
});

describe("relative pacing", () => {
  const account = (instants: readonly number[], forMs = 120_000, timing = RELATIVE, others: TickSighting[] = []) =>
    accountFor(timing, { from: START, to: START + forMs }, [...instants.map(cameAt), ...others]);

  test("a tick is expected one interval after the one before it, the first of a run when it comes", () => {
    const { ticks, counts } = account(runs(2, 12));
    expect(counts["on-time"]).toBe(12);
    const skews = ticks.map(({ outcome }) => ("skewMs" in outcome ? outcome.skewMs : undefined));
    expect(skews).toEqual([null, 12, 12, 12, 12, 12, null, 12, 12, 12, 12, 12]);
    expect(ticks.map(({ minute }) => minute)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  });

  test("drift that adds up to most of an interval makes neither a miss nor a duplicate", () => {
    const everySecond = { ...RELATIVE, intervalMs: 1_000 };
    const { counts, duplicate, ticks } = account(runs(2, 12, 1_000), 120_000, everySecond);
    expect(ticks).toHaveLength(120);
    expect(counts["on-time"]).toBe(120);
    expect(duplicate).toBe(0);
  });

  test("a tick that takes more than half a second beyond the interval is late", () => {
    const instants = [START, START + 10_600, START + 20_600, START + 30_600, START + 40_600, START + 50_600];
    expect(account(instants, 60_000).counts).toMatchObject({ "on-time": 5, late: 1, missed: 0 });
  });

  test("a tick that does not come is missed one interval after the last, for the reason that was logged then", () => {
    const failed = { ...cameAt(START + 20_400), dispatchedAt: [], missed: "dispatch-failed" } as const;
    const instants = runs(2, 12).filter((_, k) => k !== 2 && k !== 9);
    const { ticks, counts } = account(instants, 120_000, RELATIVE, [failed]);
    expect(counts).toMatchObject({ "on-time": 10, missed: 2 });
    expect(ticks[2]).toMatchObject({ id: null, expectedAt: START + 20_012, outcome: { reason: "dispatch-failed" } });
    expect(ticks[9]?.outcome).toEqual({ kind: "missed", reason: "not-seen" });
  });

  test("a rule that does not fire loses a whole run", () => {
    const { counts, ticks } = account(
      runs(3, 12).filter((_, k) => k < 6 || k >= 12),
      180_000,
    );
    expect(ticks).toHaveLength(18);
    expect(counts).toMatchObject({ "on-time": 12, missed: 6 });
  });

  test("a rule that fires twice doubles each tick of the run", () => {
    const instants = runs(2, 12);
    const twin = instants.slice(0, 6).map((at) => at + 350);
    const { counts, duplicate } = account([...instants, ...twin]);
    expect(counts).toMatchObject({ "on-time": 12, missed: 0 });
    expect(duplicate).toBe(6);
  });

  test("silence at either end of the span is missed, and nothing at all is a span of missed ticks", () => {
    expect(account(runs(1, 12).slice(0, 4)).counts).toMatchObject({ "on-time": 4, missed: 8 });
    expect(account(runs(2, 12).slice(3)).counts).toMatchObject({ missed: 3 });
    expect(account([]).counts).toMatchObject({ "on-time": 0, missed: 12 });
  });

  test("the delay adds up within a run, as in the article's chart", () => {
    expect(account(runs(2, 12)).ticks.map(({ delayMs }) => delayMs)).toEqual([
      0, 12, 24, 36, 48, 60, 0, 12, 24, 36, 48, 60,
    ]);
  });

  test("ticks due in a pause are paused, and a run begins anew wherever the rule fires after it", () => {
    const pause = { from: START + 30_000, to: START + 150_000 };
    const about = { ...NOTHING_ELSE, isPaused: (at: number) => at >= pause.from && at < pause.to };
    const before = runs(1, 12).slice(0, 3);
    const after = runs(2, 12).map((at) => at + 183_000);
    const span = { from: START, to: START + 303_000 };
    const { counts, ticks } = accountFor(RELATIVE, span, [...before, ...after].map(cameAt), about);
    expect(counts).toMatchObject({ "on-time": 15, late: 0, missed: 0, paused: 15 });
    const skews = ticks.flatMap(({ outcome }) => ("skewMs" in outcome ? [outcome.skewMs] : []));
    expect(skews.slice(3)).toEqual([null, 12, 12, 12, 12, 12, null, 12, 12, 12, 12, 12]);
  });

  test("the outcomes and the duplicates account for every dispatch", () => {
    const offsets = fc.array(fc.nat(179_999), { maxLength: 60 });
    fc.assert(
      fc.property(offsets, (list) => {
        const instants = list.map((offset) => START + offset);
        const { ticks, counts, duplicate } = account(instants, 180_000);
        expect(counts["on-time"] + counts.late + duplicate).toBe(list.length);
        expect(counts["on-time"] + counts.late + counts.missed).toBe(ticks.length);
      }),
    );
  });
});

test.each([
  [-1_251, "late"],
  [-1_250, "on-time"],
  [-750, "on-time"],
  [500, "on-time"],
  [501, "late"],
] as const)("with a lead of 750 ms, a tick dispatched with a skew of %s ms is %s", (skewMs, kind) => {
  const { ticks } = accountFor({ ...TIMING, leadMs: 750 }, { from: START, to: START + 10_000 }, [
    seen(START, { dispatchedAt: [START + skewMs] }),
  ]);
  expect(ticks).toMatchObject([{ outcome: { kind, skewMs }, delayMs: skewMs + 750 }]);
});
