import type { Hours, Window } from "../../schedule/hours";
import { hoursText } from "../../schedule/hours-text";

const OFFICE: Window = { days: [1, 2, 3, 4, 5], fromS: 32_400, toS: 63_000, zone: "Europe/Berlin" };
const ALL_DAY: Window = { days: [0, 1, 2, 3, 4, 5, 6], fromS: 0, toS: 86_400, zone: "UTC" };

test.each<[string, Hours]>([
  ["10s mon-fri 09:00-17:30 Europe/Berlin", { rates: [{ intervalMs: 10_000, active: [OFFICE] }] }],
  [
    "10s mon-fri 09:00-17:30 Europe/Berlin, else 1m",
    { rates: [{ intervalMs: 10_000, active: [OFFICE] }, { intervalMs: 60_000 }] },
  ],
  [
    "1s every day UTC, not 2026-12-24 to 2026-12-26 and 2027-01-01, from 2026-12-01T00:00:00Z, until 2027-12-01T00:00:00Z",
    {
      rates: [{ intervalMs: 1_000, active: [ALL_DAY] }],
      except: [
        { from: "2026-12-24", to: "2026-12-26" },
        { from: "2027-01-01", to: "2027-01-01" },
      ],
      from: Date.parse("2026-12-01T00:00:00Z"),
      until: Date.parse("2027-12-01T00:00:00Z"),
    },
  ],
  [
    "5s sat,sun 22:00:30-02:00 UTC and mon,wed UTC",
    {
      rates: [
        {
          intervalMs: 5_000,
          active: [
            { ...ALL_DAY, days: [0, 6], fromS: 79_230, toS: 7_200 },
            { ...ALL_DAY, days: [1, 3] },
          ],
        },
      ],
    },
  ],
  ["1m 12:00-13:00 UTC", { rates: [{ intervalMs: 60_000, active: [{ ...ALL_DAY, fromS: 43_200, toS: 46_800 }] }] }],
])("%s", (text, hours) => {
  expect(hoursText({ hours })).toBe(text);
});

test("there are no words for a schedule without hours", () => {
  expect(hoursText({})).toBeUndefined();
});
