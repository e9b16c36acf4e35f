import { type Benchmark, readBenchmark } from "../../../cli/compare/benchmark";
import { allVariants, type ComparedVariant, type Comparison, compareStrategies } from "../../../cli/compare/comparison";
import { renderComparison } from "../../../cli/compare/table";
import { estimateMonthlyCost } from "../../../cli/cost/cost";
import { monitoringUsage } from "../../../cli/cost/monitoring";
import { describeClock } from "../../../config/describe-clock";
import { ConfigError, parseEnvironments } from "../../../config/parse";
import type { StrategyConfig } from "../../../config/schema";
import type { Duration } from "../../../schedule/duration";
import { environment, parsed, schedule } from "../../config/examples";

const VARIANTS = allVariants();
const RUN: Benchmark["runs"][number] = {
  id: "sfn-loop-clock-standard",
  strategy: "sfn-loop",
  intervalMs: 10_000,
  ticks: 60,
  missed: 0,
  duplicate: 0,
  dispatchSkewMs: { p50: 0.25, p99: 3 },
  startSkewMs: { p50: 4, p99: 36.04 },
  driftPerTickMs: 0,
};
const BENCHMARK: Benchmark = { recordedAt: "2026-11-22", environment: "the emulator", runs: [RUN] };

const variantOf = ({ variants }: Comparison, id: ComparedVariant["id"]) =>
  variants.find((variant) => variant.id === id) as ComparedVariant;

/** The row of the figures table that begins with a title: the text of its cells. */
function cells(rendered: string, title: string): string[] {
  const line = rendered.split("\n").find((one) => one.startsWith(`│ ${title}`)) ?? "";
  return line
    .split("│")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe("which variants serve an interval", () => {
  const serving = (interval: Duration) =>
    compareStrategies(interval, null)
      .variants.filter(({ refused }) => refused === null)
      .map(({ id }) => id);

  test.each([
    ["10s", [...VARIANTS.slice(0, 4), VARIANTS[5]]],
    ["1m", VARIANTS],
    ["5m", [VARIANTS[0], VARIANTS[1], VARIANTS[4], VARIANTS[5]]],
    ["7s", [VARIANTS[0], VARIANTS[1], VARIANTS[5]]],
    ["1s", [VARIANTS[0], VARIANTS[1], VARIANTS[3], VARIANTS[5]]],
    ["90s", [VARIANTS[0], VARIANTS[1], VARIANTS[5]]],
  ] as const)("%s", (interval, variants) => {
    expect(serving(interval)).toEqual(variants.map((variant) => variant?.id));
  });

  test("is what the configuration takes, for every variant", () => {
    for (const interval of ["1s", "4s", "7s", "10s", "45s", "1m", "90s", "5m", "24h"] as const) {
      for (const { strategy, refused } of compareStrategies(interval, null).variants) {
        const deploy = () =>
          parseEnvironments({
            dev: environment({ strategy: strategy as StrategyConfig, schedules: [schedule({ interval })] }),
          });
        if (refused === null) expect(deploy).not.toThrow();
        else expect(deploy).toThrow(ConfigError);
      }
    }
  });

  test("is said with the reason, and without figures", () => {
    const comparison = compareStrategies("10s", BENCHMARK);
    expect(variantOf(comparison, "lambda-clock")).toMatchObject({
      refused: "10s is not whole minutes, and lambda-clock ticks at second 0 of a minute only",
      month: null,
      precision: null,
    });
    expect(renderComparison(comparison, { colour: false })).toContain("cannot: 10s is not whole minutes");
    expect(variantOf(compareStrategies("7s", null), "sfn-loop-relative-express").refused).toBe(
      "7s does not divide a minute, and relative pacing loops within one minute",
    );
  });
});

describe("cost and invocations", () => {
  test("are the model's, before free tiers, line by line", () => {
    const comparison = compareStrategies("10s", null);
    const { month } = variantOf(comparison, "sfn-loop-clock-standard");
    // 43,200 minutes of six ticks and a plan.
    expect(month?.invocations).toBe(302_400);
    expect(month?.lines).toContainEqual(expect.objectContaining({ quantity: 43_200 * (3 * 6 + 4), usd: 23.76 }));
    expect(comparison.prices).toEqual({ region: "us-east-1", read: "2026-11-21" });
  });

  test("have a range if the second of the firing matters, and only then", () => {
    const comparison = compareStrategies("10s", null);
    const { usd = 0, lowUsd = 0, highUsd = 0 } = variantOf(comparison, "sfn-loop-clock-express").month ?? {};
    expect([lowUsd < usd, usd < highUsd]).toEqual([true, true]);
    const rendered = renderComparison(comparison, { colour: false });
    expect(cells(rendered, "sfn-loop, clock, EXPRESS")[1]).toMatch(/^\d+\.\d\d \(\d+\.\d\d to \d+\.\d\d\)$/);
    expect(cells(rendered, "sfn-loop, clock, STANDARD")[1]).toMatch(/^\d+\.\d\d$/);
  });
});

describe("default monitoring", () => {
  test.each(["10s", "1m"] as const)(
    "every %s, is shown beside the clock's own cost, which leaves it out",
    (interval) => {
      const comparison = compareStrategies(interval, null);
      const rendered = renderComparison(comparison, { colour: false }).split("\n");
      for (const { title, strategy, month } of comparison.variants.filter(({ refused }) => refused === null)) {
        const clock = describeClock(
          parsed(environment({ strategy: strategy as StrategyConfig, schedules: [schedule({ interval })] })),
        );
        const untraced = { ...clock, tracing: false };
        const { totalUsd } = estimateMonthlyCost(untraced, { monitoring: monitoringUsage(untraced) });
        const { usd = 0, monitoring, lines = [] } = month ?? {};
        expect(usd + (monitoring?.usd ?? 0)).toBeCloseTo(totalUsd, 9);
        expect(monitoring?.usd).toBeGreaterThan(0.5);
        expect(monitoring?.usd).toBeLessThan(1.5);
        expect(monitoring?.lines.map(({ resource }) => resource)).toEqual(["metric", "alarm", "logGb"]);
        expect(lines.filter(({ part }) => part === "monitoring")).toEqual([]);
        const at = rendered.findIndex((line) => line.startsWith(`│ ${title}`));
        expect(rendered[at + 1]).toContain(`+ ${monitoring?.usd.toFixed(2)} monitoring`);
      }
    },
  );

  test("is named among what the notes leave out", () => {
    expect(compareStrategies("10s", null).notes).toContainEqual(expect.stringMatching(/^Not included: monitoring, /));
  });
});

describe("precision", () => {
  test("is left out if nothing is recorded", () => {
    const comparison = compareStrategies("10s", null);
    expect(comparison.variants.map(({ precision }) => precision)).toEqual(VARIANTS.map(() => null));
    const rendered = renderComparison(comparison, { colour: false });
    expect(rendered.match(/not recorded yet/g)).toHaveLength(5);
    expect(rendered).not.toContain("Skew and drift:");
  });

  test("is the recorded run's, with its machine and date", () => {
    const rendered = renderComparison(compareStrategies("10s", BENCHMARK), { colour: false });
    expect(cells(rendered, "sfn-loop, clock, STANDARD").slice(3)).toEqual(["0.3 / 3", "4 / 36", "0"]);
    expect(cells(rendered, "sfn-loop, clock, EXPRESS")[3]).toBe("not in the recorded benchmark");
    expect(rendered).toContain("Skew and drift: the emulator, recorded 2026-11-22 (docs/benchmarks.json).");
  });

  test("is taken at the asked interval, else at another that is named", () => {
    const slow = { ...RUN, intervalMs: 60_000, driftPerTickMs: null };
    const both = { ...BENCHMARK, runs: [RUN, slow] };
    expect(variantOf(compareStrategies("1m", both), "sfn-loop-clock-standard").precision?.intervalMs).toBe(60_000);
    const rendered = renderComparison(compareStrategies("1m", BENCHMARK), { colour: false });
    const at = rendered.split("\n").findIndex((line) => line.startsWith("│ sfn-loop, clock, STANDARD"));
    expect(rendered.split("\n")[at + 1]).toMatch(/at 10s.*at 10s.*at 10s/);
  });

  test("a run that is not a variant's own, such as one with faults, is passed over", () => {
    const faulty = { ...BENCHMARK, runs: [{ ...RUN, id: "sfn-loop-clock-standard-late" }] };
    expect(variantOf(compareStrategies("10s", faulty), "sfn-loop-clock-standard").precision).toBeNull();
  });
});

describe("the recorded benchmark", () => {
  test("is read with fields beside those that are shown", () => {
    const text = JSON.stringify({
      ...BENCHMARK,
      machine: "2 cores",
      runs: [{ ...RUN, dispatchSkewMs: { p50: 0, p99: 1, sd: 2 } }],
    });
    expect(readBenchmark(text, "b.json").runs[0]?.dispatchSkewMs).toEqual({ p50: 0, p99: 1 });
  });

  test.each([
    ["not JSON", "{", /^b\.json is not JSON \(.+\)\. Record it again, or remove it\.$/],
    ["without runs", JSON.stringify({ ...BENCHMARK, runs: undefined }), /^b\.json: runs: .+ Record it again/],
    [
      "with a skew that is text",
      JSON.stringify({ ...BENCHMARK, runs: [{ ...RUN, startSkewMs: "4" }] }),
      /^b\.json: runs\.0\.startSkewMs: /,
    ],
  ])("%s is refused in one sentence that names the file", (_, text, message) => {
    expect(() => readBenchmark(text, "b.json")).toThrow(message);
  });
});

test.each(["1s", "10s", "1m", "24h"] as const)(
  "every %s, the tables fit 120 columns, and keep every word of their cells",
  (interval) => {
    const comparison = compareStrategies(interval, BENCHMARK);
    const rendered = renderComparison(comparison, { colour: false });
    expect(Math.max(...rendered.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
    const words = new Set(rendered.split(/[\s│]+/));
    for (const variant of comparison.variants.filter(({ refused }) => refused === null)) {
      for (const text of [variant.chooseWhen, variant.limits, variant.onLateFiring, variant.onLostFiring]) {
        expect(text.split(" ").filter((word) => !words.has(word))).toEqual([]);
      }
    }
  },
);
