import { CONTESTANTS, environmentsOf } from "../../../cli/bench/contestants";
import { FAULTS, FAULTS_TAKE_MINUTES, namePrefix } from "../../../cli/bench/faults";
import { compareStrategies } from "../../../cli/compare/comparison";
import { VARIANTS } from "../../../cli/compare/variants";
import { validate } from "../../../config/validate";
import { runOf } from "./runs";

const environments = environmentsOf(CONTESTANTS, "http://127.0.0.1:4566");

test("all are one valid configuration, each an environment of its own", () => {
  expect(Object.keys(validate(environments))).toEqual(CONTESTANTS.map(({ environment }) => environment));
});

test("each is a variant that npm run compare knows, with that variant's strategy, and costs what it says there", () => {
  for (const contestant of CONTESTANTS) {
    const { id, interval, strategy } = contestant;
    expect([id, strategy]).toEqual([id, VARIANTS.find((one) => one.id === id)?.strategy]);
    const compared = compareStrategies(interval, null).variants.find((one) => one.id === id);
    expect(runOf(contestant).usdPerMonth.usd).toBeCloseTo(compared?.month?.usd ?? -1, 9);
  }
});

test("the four clocks that the comparison is about take part", () => {
  expect(CONTESTANTS.map(({ id, interval }) => `${id} ${interval}`)).toEqual(
    expect.arrayContaining([
      "sfn-loop-relative-standard 10s",
      "sfn-loop-clock-standard 10s",
      "sfn-loop-clock-express 10s",
      "lambda-clock 1m",
    ]),
  );
});

test("no environment's names begin as another's do, so that a fault befalls one contestant only", () => {
  for (const one of CONTESTANTS) {
    const alike = CONTESTANTS.filter(({ environment }) =>
      namePrefix(environment).startsWith(namePrefix(one.environment)),
    );
    expect(alike).toEqual([one]);
  }
});

test("each kind of fault comes once, no two on one firing, and a good firing is left after the last", () => {
  expect(FAULTS.map(({ fault }) => fault).sort()).toEqual(["late", "lost", "twice"]);
  const firings = FAULTS.map(({ afterFirings }) => afterFirings);
  expect(new Set(firings).size).toBe(FAULTS.length);
  expect(Math.max(...firings) + 1).toBeLessThan(FAULTS_TAKE_MINUTES);
});
