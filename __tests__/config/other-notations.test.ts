import { durationToMs } from "../../schedule/duration";
import { environment, schedule } from "./examples";
import { problemsOf } from "./problems";

/** The one problem that an interval has, without its place. */
function problemOf(interval: string): string {
  const problems = problemsOf({ dev: environment({ schedules: [schedule({ interval: interval as never })] }) });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^dev\.schedules\[0\]\.interval: /);
  return (problems[0] as string).slice("dev.schedules[0].interval: ".length);
}

test.each([
  ["*/10 * * * * *", "a cron expression", "10s"],
  ["0/10 * * * * ?", "a cron expression", "10s"],
  ["0/15 * * ? * * *", "a cron expression", "15s"],
  ["* * * * * *", "a cron expression", "1s"],
  ["* * * * *", "a cron expression", "1m"],
  ["*/5 * * * *", "a cron expression", "5m"],
  ["cron(0/5 * * * ? *)", "a cron expression", "5m"],
  ["0/5 * * * ? *", "a cron expression", "5m"],
  ["0 */5 * * * *", "a cron expression", "5m"],
  ["0 * * * *", "a cron expression", "1h"],
  ["cron(0 */6 * * ? *)", "a cron expression", "6h"],
  ["0 0 * * *", "a cron expression", "24h"],
  ["rate(1 minute)", "a rate expression", "1m"],
  ["rate(90 minutes)", "a rate expression", "90m"],
  ["rate(1 day)", "a rate expression", "24h"],
  ["PT10S", "an ISO 8601 duration", "10s"],
  ["PT1M30S", "an ISO 8601 duration", "90s"],
])("the interval %s is refused as %s, with the interval that is equal", (interval, what, instead) => {
  expect(problemOf(interval)).toBe(`"${interval}" is ${what}. Write "${instead}".`);
  expect(durationToMs(instead)).toBeGreaterThan(0);
});

test.each([
  ["*/45 * * * * *", "second 0 of each minute", "45 s", "15 s", "45s"],
  ["*/7 * * * * *", "second 0 of each minute", "7 s", "4 s", "7s"],
  ["*/45 * * * *", "minute 0 of each hour", "45 min", "15 min", "45m"],
  ["cron(0 0/5 * * ? *)", "hour 0 of each day", "5 h", "4 h", "5h"],
])("cron's %s is uneven: the problem says how, and what the interval does", (interval, anew, most, last, instead) => {
  expect(problemOf(interval)).toBe(
    `"${interval}" is a cron expression: it begins anew at ${anew}, so its ticks are ${most} and then ${last} apart. An interval is one distance, which goes on across that. Write "${instead}" for a tick every ${most}.`,
  );
});

test.each([
  ["30 9 * * MON-FRI", "a cron expression"],
  ["*/10 8-17 * * *", "a cron expression"],
  ["5/10 * * * * *", "a cron expression"],
  ["*/90 * * * * *", "a cron expression"],
  ["*/0 * * * * *", "a cron expression"],
  ["0 0 1 * *", "a cron expression"],
  ["cron()", "a cron expression"],
  ["@hourly", "a cron expression"],
  ["rate(7 days)", "a rate expression"],
  ["rate(0 minutes)", "a rate expression"],
  ["rate(often)", "a rate expression"],
  ["PT0.5S", "an ISO 8601 duration"],
  ["P1D", "an ISO 8601 duration"],
  ["PT25H", "an ISO 8601 duration"],
])("the interval %s is refused as %s, and equals none", (interval, what) => {
  expect(problemOf(interval)).toBe(
    `"${interval}" is ${what}. An interval is one distance from 1 s to 24 h. Write it like "10s", "5m" or "1h".`,
  );
});

test.each(["every 10 s if you can", "10 s", "", "P", "each minute at second 0"])(
  "%j is in no notation that is known",
  (interval) => {
    expect(problemOf(interval)).toContain("is not an interval from 1 s to 24 h in whole seconds, minutes or hours.");
  },
);
