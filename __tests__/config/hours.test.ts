import type { ScheduleConfig } from "../../config/schema";
import type { Hours } from "../../schedule/hours";
import type { Schedule } from "../../schedule/schedule";
import { environment, parsed, schedule } from "./examples";
import { problemsOf } from "./problems";

type Fields = Partial<ScheduleConfig>;

const OFFICE = { days: "mon-fri", from: "09:00", to: "17:30", zone: "Europe/Berlin" };
const OFFICE_HOURS = { days: [1, 2, 3, 4, 5], fromS: 32_400, toS: 63_000, zone: "Europe/Berlin" };

function resolved(fields: Fields) {
  return parsed(environment({ schedules: [schedule({ interval: "10s", ...fields })] })).schedules[0] as Schedule;
}

test("a schedule without hours has no such field, so that what is deployed stays as it is", () => {
  expect(resolved({})).not.toHaveProperty("hours");
});

test.each<[string, Fields, Hours]>([
  ["a window", { active: [OFFICE] }, { rates: [{ intervalMs: 10_000, active: [OFFICE_HOURS] }] }],
  [
    "a window with its defaults: all of every day, UTC",
    { active: [{}] },
    { rates: [{ intervalMs: 10_000, active: [{ days: [0, 1, 2, 3, 4, 5, 6], fromS: 0, toS: 86_400, zone: "UTC" }] }] },
  ],
  [
    "days in several parts, also over the end of the week",
    { active: [{ days: "fri-mon,wed", from: "22:00:30", to: "02:00" }] },
    { rates: [{ intervalMs: 10_000, active: [{ days: [0, 1, 3, 5, 6], fromS: 79_230, toS: 7_200, zone: "UTC" }] }] },
  ],
  [
    "a list of intervals",
    { interval: [{ active: [OFFICE], interval: "10s" }, { interval: "1m" }] },
    { rates: [{ intervalMs: 10_000, active: [OFFICE_HOURS] }, { intervalMs: 60_000 }] },
  ],
  [
    "excepted dates and bounds",
    {
      active: [OFFICE],
      except: ["2026-12-25", { from: "2026-12-27", to: "2026-12-31" }],
      from: "2026-01-01T00:00Z",
      until: "2099-01-01T00:00:00Z",
    },
    {
      rates: [{ intervalMs: 10_000, active: [OFFICE_HOURS] }],
      except: [
        { from: "2026-12-25", to: "2026-12-25" },
        { from: "2026-12-27", to: "2026-12-31" },
      ],
      from: Date.parse("2026-01-01T00:00:00Z"),
      until: Date.parse("2099-01-01T00:00:00Z"),
    },
  ],
])("%s", (_, fields, hours) => {
  const { intervalMs, catchUpMs, ...rest } = resolved(fields);
  expect(rest.hours).toEqual(hours);
  expect([intervalMs, catchUpMs]).toEqual([10_000, 10_000]);
});

const REFUSED: readonly (readonly [fields: Fields, path: string, ...words: string[]])[] = [
  [
    { active: [{ ...OFFICE, days: "mon-friday" }] },
    "active[0].days",
    '"mon-friday" is not a list of days',
    '"mon-fri"',
  ],
  [{ active: [{ ...OFFICE, from: "9:00" }] }, "active[0].from", '"9:00" is not a time of the day', '"09:00"'],
  [{ active: [{ ...OFFICE, to: "24:01" }] }, "active[0].to", '"24:01" is not a time of the day', '"24:00"'],
  [{ active: [{ ...OFFICE, to: "09:00" }] }, "active[0].to", '"09:00" is when the window opens', "for the whole day"],
  [{ active: [{ ...OFFICE, from: "24:00" }] }, "active[0].from", "is the end of a day", '"00:00"'],
  [
    { active: [{ ...OFFICE, zone: "Europe/Berln" }] },
    "active[0].zone",
    "is not a time zone",
    'Did you mean "Europe/Berlin"',
  ],
  [{ active: [{ ...OFFICE, zone: "CEST" }] }, "active[0].zone", '"CEST" is not a time zone', '"Europe/Berlin"'],
  [{ active: [] }, "active", "has no window", "leave the field out"],
  [{ active: [{ ...OFFICE, zoned: 1 } as never] }, "active[0]", '"zoned" is not a field here'],
  [{ active: OFFICE as never }, "active", "is not a list of windows"],
  [{ except: ["2026-12-25"] }, "except", "there is no window", 'active: [{ zone: "Europe/Berlin" }]'],
  [{ active: [OFFICE], except: ["2026-02-30"] }, "except[0]", '"2026-02-30" is not a date', '"2026-12-24"'],
  [{ active: [OFFICE], except: [{ from: "2026-12-31", to: "2026-12-24" }] }, "except[0]", "ends before it begins"],
  [{ active: [OFFICE], except: [] }, "except", "[] has no date", "leave the field out"],
  [{ active: [{ zone: "+0530" }] }, "active[0].zone", '"+0530" is not a time zone'],
  [{ active: [{ zone: "America/Newyork" }] }, "active[0].zone", 'Did you mean "America/New_York"?'],
  [
    { interval: [{ active: [OFFICE], interval: "10s" }, { interval: "1m" }], except: ["2026-12-25"] },
    "except",
    "are dates of a window's zone, and an interval has no window.",
  ],
  [{ from: "2027-02-30T00:00:00Z" }, "from", '"2027-02-30T00:00:00Z" is not an instant.'],
  [{ from: "2099-01-01T00:00:00Z" }, "from", '"2099-01-01T00:00:00Z" leaves no tick'],
  [{ from: "tomorrow" }, "from", '"tomorrow" is not an instant', '"2026-12-01T00:00:00Z"'],
  [{ from: "2026-13-01T00:00:00Z" }, "from", '"2026-13-01T00:00:00Z" is not an instant'],
  [{ from: "2027-01-01T00:00Z", until: "2026-01-01T00:00Z" }, "until", "is not after from"],
  [{ until: "2026-01-01T00:00:00Z" }, "until", "no tick that is due within a year", "enabled: false"],
  [
    { active: [{ ...OFFICE, from: "09:00:01", to: "09:00:09" }] },
    "active",
    "no tick that is due within a year",
    "remove the schedule",
  ],
  [{ interval: [] }, "interval", "has no interval"],
  [{ interval: [{ interval: "10x" as never }] }, "interval[0].interval", '"10x" is not an interval from 1 s to 24 h'],
  [{ interval: "*/45 * * * * *" as never }, "interval", '"45s"'],
  [
    { interval: [{ active: [OFFICE], interval: "7s" }, { interval: "10s" }] },
    "interval[1].interval",
    '"10s" is no multiple of the shortest interval, 7s',
    'Write "7s"',
  ],
  [{ interval: [{ interval: "1m" }, { active: [OFFICE], interval: "10s" }] }, "interval[1]", "never holds"],
  [
    { active: [OFFICE], interval: [{ active: [OFFICE], interval: "10s" }, { interval: "1m" }] },
    "active",
    "stands beside a list of intervals",
  ],
  [
    { phase: "10s", interval: [{ active: [OFFICE], interval: "10s" }, { interval: "1m" }] },
    "phase",
    "is not below the interval, 10s",
  ],
];

test.each(REFUSED.map(([fields, path, ...words]) => ({ fields, path, words })))(
  "$path of $fields is refused",
  ({ fields, path, words }) => {
    const dev = environment({ schedules: [schedule({ interval: "10s", ...fields })] });
    const [problem = "", ...others] = problemsOf({ dev });
    expect(others).toEqual([]);
    expect(problem).not.toContain("\n");
    expect(problem.startsWith(`dev.schedules[0].${path}: `)).toBe(true);
    for (const one of words) expect(problem).toContain(one);
  },
);

test.each<[string, Fields]>([
  ["active", { active: [OFFICE] }],
  ["interval", { interval: [{ active: [OFFICE], interval: "10s" }, { interval: "1m" }] }],
  ["from", { from: "2026-01-01T00:00:00Z" }],
  ["until", { until: "2099-01-01T00:00:00Z" }],
])("relative pacing has no grid, and refuses %s", (field, fields) => {
  const dev = environment({
    strategy: { kind: "sfn-loop", pacing: "relative" },
    schedules: [schedule({ interval: "10s", ...fields })],
  });
  const [problem, ...others] = problemsOf({ dev });
  expect(others).toEqual([]);
  expect(problem?.startsWith(`dev.schedules[0].${field}: `)).toBe(true);
  expect(problem).toContain("has no meaning under relative pacing");
});

test("a paused schedule may have no tick any more", () => {
  const over = schedule({ until: "2026-01-01T00:00:00Z", enabled: false, note: "over" });
  expect(problemsOf({ dev: environment({ schedules: [over] }) })).toEqual([]);
});
