import fc from "fast-check";
import { durationToMs, fineDurationToMs, MINUTE_MS, msToDuration, SECOND_MS } from "../../schedule/duration";

describe("reading a duration", () => {
  test.each([
    ["0s", 0],
    ["1s", 1_000],
    ["10s", 10_000],
    ["90s", 90_000],
    ["5m", 300_000],
    ["24h", 86_400_000],
    ["999999s", 999_999_000],
  ])("%s is %d ms", (text, ms) => expect(durationToMs(text)).toBe(ms));

  test.each([
    "",
    "10",
    "s",
    "1.5s",
    "-1s",
    "+1s",
    "1e3s",
    "10ms",
    "10S",
    " 10s",
    "10s\n",
    "10 s",
    "1m30s",
    "1d",
    "1000000s",
    "١s",
  ])("%j is no duration", (text) => expect(durationToMs(text)).toBeUndefined());
});

describe("writing a duration", () => {
  test.each([
    [0, "0s"],
    [10_000, "10s"],
    [60_000, "1m"],
    [90_000, "90s"],
    [3_600_000, "1h"],
    [5_400_000, "90m"],
    [1_500, "1500ms"],
  ])("%d ms is %s, in the largest unit that divides it", (ms, text) => expect(msToDuration(ms)).toBe(text));

  test("whole seconds read back as what was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (seconds) => {
        expect(durationToMs(msToDuration(seconds * SECOND_MS))).toBe(seconds * SECOND_MS);
      }),
    );
  });

  test("no larger unit would divide it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (seconds) => {
        const ms = seconds * SECOND_MS;
        const unit = msToDuration(ms).slice(-1);
        const expected = ms % (60 * MINUTE_MS) === 0 ? "h" : ms % MINUTE_MS === 0 ? "m" : "s";
        expect(unit).toBe(expected);
      }),
    );
  });
});

test.each([
  ["750ms", 750],
  ["0ms", 0],
  ["0s", 0],
  ["2s", 2_000],
  ["750", undefined],
  ["1.5ms", undefined],
  ["-1ms", undefined],
])("%s may have milliseconds: %s ms; only where they are asked for", (text, ms) => {
  expect(fineDurationToMs(text)).toBe(ms);
  if (text.endsWith("ms")) expect(durationToMs(text)).toBeUndefined();
});
