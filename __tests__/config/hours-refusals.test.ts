import type { ScheduleConfig } from "../../config/schema";
import { environment, schedule } from "./examples";
import { problemsOf } from "./problems";

const WINDOW = { from: "09:00", to: "17:30" };

test.each<[string, Partial<ScheduleConfig>, string]>([
  [
    "a day that its month does not have",
    { from: "2027-02-30T00:00:00Z" },
    'from: "2027-02-30T00:00:00Z" is not an instant.',
  ],
  ["no excepted date", { active: [WINDOW], except: [] }, "except: [] has no date. Write one, or leave the field out."],
  ["an offset in the place of a zone", { active: [{ zone: "+0530" }] }, 'zone: "+0530" is not a time zone'],
  ["a zone that is spelled otherwise", { active: [{ zone: "America/Newyork" }] }, 'Did you mean "America/New_York"?'],
  ["a beginning that is too far off", { from: "2099-01-01T00:00:00Z" }, 'from: "2099-01-01T00:00:00Z" leaves no tick'],
  [
    "excepted dates beside an interval that has no window",
    { interval: [{ active: [WINDOW], interval: "10s" }, { interval: "1m" }], except: ["2026-12-25"] },
    "are dates of a window's zone, and an interval has no window.",
  ],
])("%s is refused", (_, fields, words) => {
  const problems = problemsOf({ dev: environment({ schedules: [schedule(fields)] }) });
  expect(problems).toEqual([expect.stringContaining(words)]);
});
