import { toBenchJson } from "../../../cli/bench/bench-file";
import { readBenchmark } from "../../../cli/compare/benchmark";
import { compareStrategies } from "../../../cli/compare/comparison";
import { renderComparison } from "../../../cli/compare/table";
import { recorded } from "./runs";

const json = toBenchJson(recorded());

test("npm run compare reads it, and takes the undisturbed run of each case", () => {
  const benchmark = readBenchmark(json, "bench.json");
  expect(benchmark.environment).toMatch(/^embedded AWS \(MiniStack 1\.2\.3\), not AWS: A CPU, 2 cores, 8 GiB, /);
  const { variants } = compareStrategies("10s", benchmark);
  const standard = variants.find(({ id }) => id === "sfn-loop-clock-standard");
  expect(standard?.precision).toMatchObject({ ticks: 30, missed: 1, duplicate: 1 });
  expect(standard?.precision?.startSkewMs).toMatchObject({ p50: 30, p99: 30 });
  expect(renderComparison(compareStrategies("10s", benchmark), { colour: false })).toContain("not AWS");
});

test("a run with faults has an id that is no variant's", () => {
  const { runs } = readBenchmark(json, "bench.json");
  expect(runs.map(({ id }) => id)).toEqual([
    ...["sfn-loop-clock-standard", "sfn-loop-clock-express", "lambda-clock", "sqs-delay"],
    ...["sfn-loop-clock-standard-faults", "sfn-loop-clock-express-faults", "lambda-clock-faults", "sqs-delay-faults"],
  ]);
});

test("figures have three digits behind the point at most", () => {
  const file = recorded();
  const [run] = file.runs;
  if (!run?.dispatchSkewMs) throw new Error("a run has skews");
  const odd = { ...run, dispatchSkewMs: { ...run.dispatchSkewMs, mean: 1 / 3 } };
  const { runs } = JSON.parse(toBenchJson({ ...file, runs: [odd] }));
  expect(runs[0].dispatchSkewMs.mean).toBe(0.333);
});
