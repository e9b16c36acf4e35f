import { InvalidArgumentError } from "commander";
import {
  duration,
  durationOfADay,
  instant,
  isoInstant,
  milliseconds,
  projectPath,
  tickCount,
  wholeMinutes,
} from "../../../cli/lib/options";
import { PROJECT_DIR } from "../../../host/work-dir";

const NOW = Date.parse("2026-11-22T18:25:10.000Z");
const HOUR_MS = 3_600_000;

test.each([
  ["90s", NOW - 90_000],
  ["30d", NOW - 30 * 24 * HOUR_MS],
  ["2026-11-01", Date.parse("2026-11-01T00:00:00Z")],
  ["2026-11-22T19:00:00+01:00", Date.parse("2026-11-22T18:00:00Z")],
])("the instant %s", (text, at) => {
  expect(instant(text, NOW)).toBe(at);
});

test.each(["soon", "2026-11-22T18:00:00", "-1h", ""])("%j is no instant", (text) => {
  expect(() => instant(text, NOW)).toThrow(InvalidArgumentError);
});

test("an instant that is no span", () => {
  expect(isoInstant("2026-11-22T19:00:00+01:00")).toBe(Date.parse("2026-11-22T18:00:00Z"));
  for (const text of ["1h", "now", "2026-11-22T18:00:00"]) expect(() => isoInstant(text)).toThrow(InvalidArgumentError);
});

test("numbers of ticks", () => {
  expect(["1", "20", "10000"].map(tickCount)).toEqual([1, 20, 10_000]);
  for (const text of ["0", "-1", "1.5", "10001", "all"]) expect(() => tickCount(text)).toThrow(InvalidArgumentError);
});

test("durations keep their text, and have their limits", () => {
  expect([duration("90s"), durationOfADay("24h")]).toEqual(["90s", "24h"]);
  for (const text of ["0s", "10", "1.5m"]) expect(() => duration(text)).toThrow(InvalidArgumentError);
  for (const text of ["0s", "10", "25h"]) expect(() => durationOfADay(text)).toThrow(InvalidArgumentError);
});

test("whole minutes", () => {
  expect([wholeMinutes("2m"), wholeMinutes("1h"), wholeMinutes("120s")]).toEqual([2, 60, 2]);
  for (const text of ["90s", "0m", "25h", "five"]) expect(() => wholeMinutes(text)).toThrow(InvalidArgumentError);
});

test("milliseconds, and paths from the project's directory", () => {
  expect(milliseconds("250")).toBe(250);
  expect([projectPath("here"), projectPath("/x")]).toEqual([`${PROJECT_DIR}/here`, "/x"]);
});
