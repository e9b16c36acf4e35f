import type { Duration } from "../../schedule/duration";
import { environment, parsed, schedule } from "./examples";

test.each<[Duration[], boolean]>([
  [["1s"], false],
  [["10s"], false],
  [["25s"], false],
  [["26s"], true],
  [["1m"], true],
  [["1m", "1m"], true],
  [["1m", "1m", "1m"], false],
  [["1m", "1m", "1h"], true],
])("ticks every %j stay inside the free 100,000 traces of a month: %s", (intervals, free) => {
  const schedules = intervals.map((interval, k) => schedule({ name: `tick-${k}`, interval }));
  expect(parsed(environment({ schedules })).tracing).toBe(free);
});

test.each([true, false])("tracing that the environment sets to %s stays so", (tracing) => {
  expect(parsed(environment({ tracing, schedules: [schedule({ interval: "10s" })] })).tracing).toBe(tracing);
  expect(parsed(environment({ tracing, schedules: [schedule({ interval: "1h" })] })).tracing).toBe(tracing);
});
