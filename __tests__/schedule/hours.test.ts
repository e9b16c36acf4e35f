import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import {
  firstAfter,
  firstAtOrAfter,
  type Grid,
  gridText,
  instantsBetween,
  isOnGrid,
  lastAtOrBefore,
} from "../../schedule/grid";
import { type Hours, intervalAt, stretchAt, type Window } from "../../schedule/hours";
import { isZone } from "../../schedule/zone";

const HOUR_S = 3_600;
const HOUR_MS = HOUR_S * SECOND_MS;
const WORKDAYS = [1, 2, 3, 4, 5];

const at = (text: string) => Date.parse(text);

function office(zone: string, fields: Partial<Window> = {}): Window {
  return { days: WORKDAYS, fromS: 9 * HOUR_S, toS: 17.5 * HOUR_S, zone, ...fields };
}

function every(intervalS: number, ...active: Window[]): Grid {
  const intervalMs = intervalS * SECOND_MS;
  return { intervalMs, phaseMs: 0, hours: { rates: [{ intervalMs, active }] } };
}

describe("a window", () => {
  test("opens and closes by the wall clock of its zone, in winter and in summer", () => {
    const grid = every(10, office("Europe/Berlin"));
    const monday = instantsBetween(grid, at("2026-01-12T00:00:00Z"), at("2026-01-13T00:00:00Z"));
    expect(monday).toHaveLength(8.5 * 360);
    expect([monday[0], monday.at(-1)]).toEqual([at("2026-01-12T08:00:00Z"), at("2026-01-12T16:29:50Z")]);
    const july = instantsBetween(grid, at("2026-07-13T00:00:00Z"), at("2026-07-14T00:00:00Z"));
    expect(july[0]).toBe(at("2026-07-13T07:00:00Z"));
    expect(instantsBetween(grid, at("2026-01-10T00:00:00Z"), at("2026-01-12T00:00:00Z"))).toEqual([]);
    expect(firstAfter(grid, at("2026-01-09T16:29:50Z"))).toBe(monday[0]);
    expect(lastAtOrBefore(grid, at("2026-01-10T12:00:00Z"))).toBe(at("2026-01-09T16:29:50Z"));
    expect(lastAtOrBefore(grid, at("2026-01-12T07:59:59Z"))).toBeUndefined();
  });

  test("that crosses midnight belongs to the day on which it opens", () => {
    const grid = every(600, office("UTC", { days: [5], fromS: 22 * HOUR_S, toS: 2 * HOUR_S }));
    const [first, ...others] = instantsBetween(grid, at("2026-01-05T00:00:00Z"), at("2026-01-12T00:00:00Z"));
    expect(first).toBe(at("2026-01-09T22:00:00Z"));
    expect(others).toHaveLength(23);
    expect(others.at(-1)).toBe(at("2026-01-10T01:50:00Z"));
  });

  test("is open twice in an hour that comes twice, and has no instants of one that does not exist", () => {
    const night = office("Europe/Berlin", { days: [0], fromS: 2 * HOUR_S, toS: 3 * HOUR_S });
    const ticks = (day: string) => instantsBetween(every(1_800, night), at(`${day}T00:00:00Z`), at(`${day}T12:00:00Z`));
    // The last Sundays of October and March 2026: 2:00 to 3:00 comes twice, and does not come.
    expect(ticks("2026-10-25").map((one) => new Date(one).toISOString().slice(11, 16))).toEqual([
      "00:00",
      "00:30",
      "01:00",
      "01:30",
    ]);
    expect(ticks("2026-03-29")).toEqual([]);
    expect(ticks("2026-03-22")).toHaveLength(2);
  });

  test("does not open on excepted dates of its zone", () => {
    const rates = [
      {
        intervalMs: HOUR_MS,
        active: [office("Asia/Tokyo", { days: [0, 1, 2, 3, 4, 5, 6], fromS: 0, toS: 24 * HOUR_S })],
      },
    ];
    const grid: Grid = {
      intervalMs: HOUR_MS,
      phaseMs: 0,
      hours: { rates, except: [{ from: "2026-12-24", to: "2026-12-25" }] },
    };
    const due = instantsBetween(grid, at("2026-12-22T15:00:00Z"), at("2026-12-26T15:00:00Z"));
    expect(due).toHaveLength(48);
    expect(due[23]).toBe(at("2026-12-23T14:00:00Z"));
    expect(due[24]).toBe(at("2026-12-25T15:00:00Z"));
  });

  test("has ticks from an instant on, and until another", () => {
    const hours: Hours = {
      rates: [{ intervalMs: SECOND_MS }],
      from: at("2026-01-01T00:00:05Z"),
      until: at("2026-01-01T00:00:08Z"),
    };
    const grid: Grid = { intervalMs: SECOND_MS, phaseMs: 0, hours };
    expect(firstAtOrAfter(grid, at("2025-12-31T00:00:00Z"))).toBe(hours.from);
    expect(instantsBetween(grid, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"))).toHaveLength(3);
    expect(firstAfter(grid, at("2026-01-01T00:00:07Z"))).toBe(Number.POSITIVE_INFINITY);
  });
});

test("the first rate that holds decides, and a change neither doubles nor bunches ticks", () => {
  const hours: Hours = {
    rates: [{ intervalMs: 10 * SECOND_MS, active: [office("UTC")] }, { intervalMs: 50 * SECOND_MS }],
  };
  const grid: Grid = { intervalMs: 10 * SECOND_MS, phaseMs: 3 * SECOND_MS, hours };
  const due = instantsBetween(grid, at("2026-01-12T00:00:00Z"), at("2026-01-13T00:00:00Z"));
  const gaps = due.slice(1).map((one, k) => one - (due[k] as number));
  expect(Math.min(...gaps)).toBe(10 * SECOND_MS);
  expect(Math.max(...gaps)).toBe(50 * SECOND_MS);
  expect(due.filter((one) => one >= at("2026-01-12T09:00:00Z") && one < at("2026-01-12T17:30:00Z"))).toHaveLength(
    3_060,
  );
});

const ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham"];

const windows: fc.Arbitrary<Window> = fc.record({
  days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
  fromS: fc.integer({ min: 0, max: 86_399 }),
  toS: fc.integer({ min: 1, max: 86_400 }),
  zone: fc.constantFrom(...ZONES),
});

/** Any grid with hours. */
const grids: fc.Arbitrary<Grid> = fc
  .record({
    step: fc.integer({ min: 1, max: 90 }),
    times: fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.array(windows, { minLength: 1, maxLength: 2 })), {
      minLength: 1,
      maxLength: 3,
    }),
    always: fc.boolean(),
    from: fc.option(fc.integer({ min: at("2026-03-20T00:00:00Z"), max: at("2026-04-10T00:00:00Z") }), {
      nil: undefined,
    }),
  })
  .map(({ step, times, always, from }) => {
    const intervalMs = step * SECOND_MS;
    const rates = times.map(([factor, active]) => ({ intervalMs: factor * intervalMs, ...(!always && { active }) }));
    return { intervalMs, phaseMs: 0, hours: { rates, ...(from !== undefined && { from }) } };
  });

/** Instants around the changes to summer time of 2026. */
const instants = fc
  .integer({ min: at("2026-03-20T00:00:00Z") / SECOND_MS, max: at("2026-04-10T00:00:00Z") / SECOND_MS })
  .map((s) => s * SECOND_MS);

test("the due instants are those of the grid at which the interval that holds meets, one by one", () => {
  fc.assert(
    fc.property(grids, instants, (grid, from) => {
      const to = from + 40 * MINUTE_MS;
      const seconds = Array.from({ length: (to - from) / SECOND_MS }, (_, k) => from + k * SECOND_MS);
      const due = seconds.filter((one) => {
        const intervalMs = intervalAt(grid.hours as Hours, one);
        return intervalMs !== undefined && one % intervalMs === 0;
      });
      expect(instantsBetween(grid, from, to)).toEqual(due);
      expect(due.every((one) => isOnGrid(grid, one))).toBe(true);
      const last = due.at(-1);
      if (last !== undefined) expect(lastAtOrBefore(grid, to - 1)).toBe(last);
      const [first, second] = due;
      if (first !== undefined) expect(firstAtOrAfter(grid, from)).toBe(first);
      if (second !== undefined) expect(firstAfter(grid, first as number)).toBe(second);
    }),
    { numRuns: 60 },
  );
});

test("the same interval holds all through a stretch", () => {
  fc.assert(
    fc.property(grids, instants, ({ hours }, instant) => {
      const { from, to } = stretchAt(hours as Hours, instant);
      expect(from <= instant && instant < to).toBe(true);
      for (const one of [from, (from + to) / 2, to - 1]) {
        expect(intervalAt(hours as Hours, one)).toBe(intervalAt(hours as Hours, instant));
      }
    }),
  );
});

test("another grid's text is another one", () => {
  const texts = [
    every(10),
    every(10, office("UTC")),
    every(10, office("Europe/Berlin")),
    { intervalMs: 10_000, phaseMs: 0 },
  ].map(gridText);
  expect(new Set(texts).size).toBe(texts.length);
});

describe("by the machine's own time zone database", () => {
  const asked: readonly Omit<Window, "zone">[] = [
    { days: WORKDAYS, fromS: 9 * HOUR_S, toS: 17.5 * HOUR_S },
    { days: [0], fromS: 1.5 * HOUR_S, toS: 3 * HOUR_S },
    { days: [6], fromS: 23 * HOUR_S, toS: 2.5 * HOUR_S },
    { days: [0, 1, 2, 3, 4, 5, 6], fromS: 0, toS: 2 * HOUR_S },
  ];
  const script = join(__dirname, "wall-clocks.py");
  const input = JSON.stringify({ windows: asked, fromYear: 2026, toYear: 2036 });
  const { version, zones } = JSON.parse(execFileSync("python3", [script], { input, maxBuffer: 1e9 }).toString()) as {
    version: string | null;
    zones: Record<string, [number, string][]>;
  };

  test("windows of every zone are open when Python says so, around every change of offset in ten years", () => {
    const known = Object.keys(zones).filter(isZone);
    expect(known.length).toBeGreaterThan(400);
    const differing = known.filter((zone) =>
      (zones[zone] ?? []).some(([instant, open]) => {
        const own = asked.map((window) =>
          intervalAt({ rates: [{ intervalMs: SECOND_MS, active: [{ ...window, zone }] }] }, instant * SECOND_MS),
        );
        return own.map((one) => (one === undefined ? "0" : "1")).join("") !== open;
      }),
    );
    // Two releases of the database may know of different laws.
    if (version === process.versions.tz) expect(differing).toEqual([]);
    else expect(differing.length).toBeLessThan(10);
  });

  test("offsets change at whole quarters of an hour", () => {
    const changes = Object.values(zones).flatMap((samples) =>
      samples.filter((_, k) => k % 9 === 4).map(([instant]) => instant),
    );
    expect(changes.length).toBeGreaterThan(2_000);
    expect(changes.filter((one) => one % 900 !== 0)).toEqual([]);
  });
});
