import { UsageError } from "../../../cli/lib/exit";
import { spanOf } from "../../../cli/report/report-options";
import { START } from "./events";

const HOUR_MS = 3_600_000;

test("by default it is the last hour, without what is not settled", () => {
  expect(spanOf(undefined, undefined, START)).toEqual({ from: START - HOUR_MS, to: START - 30_000 });
});

test("since and until", () => {
  expect(spanOf(START - 2 * HOUR_MS, START - HOUR_MS, START)).toEqual({
    from: START - 2 * HOUR_MS,
    to: START - HOUR_MS,
  });
});

test.each([
  [START - HOUR_MS, START - 2 * HOUR_MS],
  [START - 20_000, undefined],
])("an empty span is refused", (since, until) => {
  expect(() => spanOf(since, until, START)).toThrow(UsageError);
});
