import { benchCases, environmentsOf } from "../../../cli/bench/cases";
import { FAULTS, FAULTS_TAKE_MINUTES, namePrefix } from "../../../cli/bench/faults";
import { compareStrategies } from "../../../cli/compare/comparison";
import { parseEnvironments } from "../../../config/parse";
import { type Duration, msToDuration } from "../../../schedule/duration";
import { runOf } from "./runs";

const CASES = benchCases();
const environments = environmentsOf(CASES, "http://127.0.0.1:4566");

test("all are one valid configuration, each with an environment of its own", () => {
  parseEnvironments(environments);
  expect(Object.keys(environments)).toEqual(CASES.map(({ bench }) => bench.environment));
});

test("each costs what npm run compare says, though the benchmark shifts its grid", () => {
  for (const benchCase of CASES) {
    const { usdPerMonth, intervalMs } = runOf(benchCase);
    const { variants } = compareStrategies(msToDuration(intervalMs) as Duration, null);
    const compared = variants.find(({ id }) => id === benchCase.id);
    expect(usdPerMonth.usd).toBeCloseTo(compared?.month?.usd ?? -1, 9);
  }
});

test("the four clocks that the comparison is about take part", () => {
  expect(CASES.map(({ id, bench }) => `${id} ${msToDuration(bench.intervalMs)}`)).toEqual(
    expect.arrayContaining([
      "sfn-loop-relative-standard 10s",
      "sfn-loop-clock-standard 10s",
      "sfn-loop-clock-express 10s",
      "lambda-clock 1m",
    ]),
  );
});

test("clocks that tick at the same interval dispatch at seconds of their own", () => {
  const grids = CASES.map(({ bench }) => `${bench.intervalMs} + ${bench.phaseMs}`);
  expect(new Set(grids).size).toBe(grids.length);
});

test("no environment's names begin as another's do, so that a fault hits one clock only", () => {
  const prefixes = CASES.map(({ bench }) => namePrefix(bench.environment));
  for (const one of prefixes) expect(prefixes.filter((other) => other.startsWith(one))).toEqual([one]);
});

test("each kind of fault comes once, no two on one firing, and a firing without a fault comes after the last", () => {
  expect(FAULTS.map(({ fault }) => fault).sort()).toEqual(["late", "lost", "twice"]);
  const firings = FAULTS.map(({ afterFirings }) => afterFirings);
  expect(new Set(firings).size).toBe(FAULTS.length);
  expect(Math.max(...firings) + 1).toBeLessThan(FAULTS_TAKE_MINUTES);
});
