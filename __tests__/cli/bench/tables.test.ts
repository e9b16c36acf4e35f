import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchFile, toBenchJson } from "../../../cli/bench/bench-file";
import { benchCases } from "../../../cli/bench/cases";
import { WITH_FAULTS } from "../../../cli/bench/figures";
import { benchMarkdown, benchmarksPage } from "../../../cli/bench/markdown";
import { type BenchTable, benchTable, renderBench } from "../../../cli/bench/table";
import { ON_A_GRID, recorded, runOf } from "./runs";

const file = JSON.parse(toBenchJson(recorded())) as BenchFile;
const [standard] = ON_A_GRID;
const DOCS = join(__dirname, "..", "..", "..", "docs");
const PAGE = readFileSync(join(DOCS, "benchmarks.md"), "utf8");

/** The column of a run: its cells, each under its row's name; a row that goes on has the name of the one it goes on from. */
function column({ head, rows }: BenchTable, title: string): Record<string, string> {
  const k = head.indexOf(title);
  let begun = "";
  return Object.fromEntries(
    rows.map(([name = "", ...cells]) => {
      if (!name.startsWith("…")) begun = name.replace(/,.*/, "");
      return [name.startsWith("…") ? name.replace("…", begun) : name, cells[k - 1] ?? ""];
    }),
  );
}

test("the figures stand in their rows and columns", () => {
  // 30 due, of which one did not come and one came twice.
  expect(column(benchTable(file.runs), "sfn-loop, clock, STANDARD")).toMatchObject({
    "a tick every": "10 s",
    "ticks due": "30",
    "on time": "29",
    missed: "1",
    duplicate: "1",
    "dispatch skew, ms: mean / SD": "+2.0 / 0.0",
    "dispatch skew p50 / p95 / p99": "+2 / +2 / +2",
    "dispatch skew of ticks": "30",
    "start skew, ms: mean / SD": "+30.0 / 0.0",
    "start skew min / max": "+30 / +30",
    "start skew of ticks": "29",
    "drift, ms a tick": "0.0",
    "invocations a minute by the model": "7",
    "transitions a minute": "14.4",
    "transitions a minute by the model": "22",
  });
});

test("a minutely clock has no drift within the minute, and neither it nor EXPRESS is billed by transition", () => {
  const table = benchTable(file.runs);
  expect(column(table, "lambda-clock")).toMatchObject({
    "drift, ms a tick": "–",
    "jump at the minute's edge, ms": "–",
  });
  for (const title of ["lambda-clock", "sfn-loop, clock, EXPRESS"]) {
    expect(column(table, title)["transitions a minute by the model"]).toBe("–");
  }
});

test("a clock without a seen tick has no skews", () => {
  if (!standard) throw new Error("the benchmark has a variant");
  const cells = column(benchTable([{ ...runOf(standard), dispatchSkewMs: null, startSkewMs: null }]), standard.title);
  expect(
    Object.entries(cells)
      .filter(([name]) => name.includes("skew"))
      .map(([, cell]) => cell),
  ).toEqual(Array(8).fill("–"));
});

test("the Markdown has the same cells", () => {
  const { head, rows } = benchTable(file.runs.filter(({ faults }) => !faults));
  const markdown = benchMarkdown(file);
  for (const row of [head, ...rows]) expect(markdown).toContain(`| ${row.join(" | ")} |`);
});

test("the terminal shows the runs without and with faults, within 120 columns, and says that they are not AWS", () => {
  const text = renderBench(file, { colour: false });
  expect(text).toContain("not AWS");
  expect(text).toContain("load average 0.50 at the start, 1.25 at the end");
  expect(text.indexOf("Undisturbed")).toBeLessThan(text.indexOf("With faults"));
  for (const words of ["STANDARD", "EXPRESS", "lambda-clock"]) expect(text.split(words)).toHaveLength(1 + 2);
  const tables = text.split("\n").filter((line) => /^[│┌└├]/.test(line));
  expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(120);
});

test("the page is dated, says what its figures are not, how to repeat them, and what was published beside them", () => {
  const page = benchmarksPage(PAGE, file);
  expect(page).toContain("Recorded 2026-11-23 00:12 UTC on embedded AWS");
  expect(page).toContain("`npm run bench -- --for 5m --record`");
  expect(page).toContain("These figures are of the embedded AWS, not of AWS");
  expect(page).toMatch(/mean 480\.76 ms, SD 294\.57 ms, largest 8,826 ms, n = 5,013/);
  expect(page).toMatch(/about \+99 ms a tick/);
  expect(page.split("*The difference:*")).toHaveLength(1 + 3);
});

test("if the load was above the number of cores, the page says so", () => {
  expect(benchmarksPage(PAGE, file)).not.toMatch(/other work/i);
  const busy = { ...file, load: { ...file.load, usual: { start: 2.5, end: 1 } } };
  expect(benchmarksPage(PAGE, busy)).toMatch(/other work ran beside it/i);
});

test("docs/benchmarks.md is what docs/benchmarks.json says", () => {
  const record = JSON.parse(readFileSync(join(DOCS, "benchmarks.json"), "utf8")) as BenchFile;
  // Otherwise: npm run bench -- --render
  expect(PAGE).toContain(benchMarkdown(record));
  expect(benchmarksPage(PAGE, record)).toBe(PAGE);
  const ids = benchCases().map(({ id }) => id);
  expect(record.runs.map(({ id }) => id).sort()).toEqual([...ids, ...ids.map((id) => `${id}${WITH_FAULTS}`)].sort());
});

test("without faults there is nothing of them", () => {
  const usual = { ...file, load: { ...file.load, faults: null }, runs: file.runs.filter(({ faults }) => !faults) };
  expect(benchMarkdown(usual)).not.toMatch(/faults/i);
  expect(renderBench(usual, { colour: false })).not.toMatch(/faults/i);
});

test("every variant has a title of its own, of at most 30 characters", () => {
  const titles = benchCases().map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(Math.max(...titles.map((title) => title.length))).toBeLessThanOrEqual(30);
});
