import { CommanderError } from "commander";
import { readReportOptions } from "../../../cli/report/report-options";
import { START } from "./events";

beforeEach(() => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(() => {
  jest.restoreAllMocks();
});

const HOUR_MS = 3_600_000;

test("by default it is the last hour, but for what is not settled", () => {
  expect(readReportOptions(["prod"], START)).toEqual({
    environment: "prod",
    span: { from: START - HOUR_MS, to: START - 30_000 },
    out: ".metronome/report-prod",
    maxSkewMs: 100,
    ticks: undefined,
  });
});

test.each([
  ["90s", START - 90_000],
  ["30d", START - 30 * 24 * HOUR_MS],
  ["2026-11-01", Date.parse("2026-11-01T00:00:00Z")],
  ["2026-11-22T19:00:00+01:00", Date.parse("2026-11-22T18:00:00Z")],
])("--since %s", (since, from) => {
  expect(readReportOptions(["prod", "--since", since], START).span.from).toBe(from);
});

test("the other options", () => {
  const args = ["dev", "--since", "2h", "--until", "1h", "--out", "x", "--max-skew", "250"];
  expect(readReportOptions([...args, "--ticks"], START)).toEqual({
    environment: "dev",
    span: { from: START - 2 * HOUR_MS, to: START - HOUR_MS },
    out: "x",
    maxSkewMs: 250,
    ticks: true,
  });
  expect(readReportOptions([...args, "--no-ticks"], START).ticks).toBe(false);
});

test.each([
  [[]],
  [["prod", "more"]],
  [["prod", "--since", "soon"]],
  [["prod", "--since", "2026-11-22T18:00:00"]],
  [["prod", "--since", "1h", "--until", "2h"]],
  [["prod", "--since", "20s"]],
  [["prod", "--max-skew", "1.5"]],
])("%j is refused", (args) => {
  expect(() => readReportOptions(args, START)).toThrow(CommanderError);
});
