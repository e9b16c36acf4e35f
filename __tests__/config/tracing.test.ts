import { tracedForFree } from "../../config/tracing";
import type { Duration } from "../../schedule/duration";

test.each<[Duration[], boolean]>([
  [["1s"], false],
  [["10s"], false],
  [["25s"], false],
  [["26s"], true],
  [["1m"], true],
  [["1m", "1m"], true],
  [["1m", "1m", "1m"], false],
  [["1m", "1m", "1h"], true],
  [[], true],
])("ticks every %j stay inside the free 100,000 traces of a month: %s", (intervals, free) => {
  expect(tracedForFree(intervals)).toBe(free);
});
