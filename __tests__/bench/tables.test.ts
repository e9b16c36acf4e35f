import { tablesOf } from "../../bench/cells";
import { CONTESTANTS } from "../../bench/contestants";
import { benchMarkdown, benchmarksPage } from "../../bench/markdown";
import { renderBench } from "../../bench/table";
import { ON_A_GRID, recordedFile, runOf } from "./runs";

const file = recordedFile();
const [standard] = ON_A_GRID;

/** The cells of a Markdown table's row, the first that begins with `title` after `heading`. */
function row(markdown: string, heading: string, title: string): string[] {
  const after = markdown.slice(markdown.indexOf(`### ${heading}`));
  const line = after.split("\n").find((one) => one.startsWith(`| ${title} |`)) ?? "";
  return line
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim());
}

test("the figures stand in their columns", () => {
  const markdown = benchMarkdown(file);
  const title = "sfn-loop, clock, STANDARD";
  // 30 due, of which one did not come and one came twice.
  expect(row(markdown, "Ticks", title)).toEqual(["10 s", "30", "29", "0", "1", "1", "0.0", "0.0"]);
  expect(row(markdown, "Dispatch skew, ms", title)).toEqual(["30", "+2.0", "0.0", "+2", "+2", "+2", "+2", "+2"]);
  expect(row(markdown, "Start skew, ms", title).slice(1, 4)).toEqual(["+30.0", "0.0", "+30"]);
  expect(row(markdown, "What it took", title).slice(0, 4)).toEqual(["7", "7", "14.4", "22"]);
});

test("a minutely clock has no drift within the minute, and neither it nor EXPRESS is billed by transition", () => {
  const markdown = benchMarkdown(file);
  expect(row(markdown, "Ticks", "lambda-clock").slice(-2)).toEqual(["–", "–"]);
  for (const title of ["lambda-clock", "sfn-loop, clock, EXPRESS"]) {
    expect(row(markdown, "What it took", title)[3]).toBe("–");
  }
});

test("a contestant of which nothing was seen has no skews, and all its ticks are missed", () => {
  if (!standard) throw new Error("there is a contestant");
  const run = { ...runOf(standard), dispatchSkewMs: null, startSkewMs: null, missed: 30 };
  const [, dispatch] = tablesOf([run]);
  expect(dispatch?.rows).toEqual([[run.title, "0", "–", "–", "–", "–", "–", "–", "–"]]);
});

test("every row of every table has a cell a column", () => {
  for (const { head, rows } of tablesOf(file.runs)) for (const one of rows) expect(one).toHaveLength(head.length);
});

test("the terminal shows what was undisturbed and what was not, within 120 columns, and what it is not", () => {
  const text = renderBench(file, { colour: false });
  expect(text).toContain("not AWS");
  expect(text).toContain("load average 0.50 at the start, 1.25 at the end");
  expect(text.indexOf("Undisturbed")).toBeLessThan(text.indexOf("With faults"));
  for (const { title } of ON_A_GRID) expect(text.split(title)).toHaveLength(1 + 8);
  const tables = text.split("\n").filter((line) => /^[│┌└├]/.test(line));
  expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(120);
});

test("the page is dated, says what its figures are not, how to repeat them, and what was published beside them", () => {
  const page = benchmarksPage(file);
  expect(page).toContain("Recorded 2026-11-23 00:12 UTC on embedded AWS");
  expect(page).toContain("`npm run bench -- --for 5m --record`");
  expect(page).toContain("These are the emulator's figures, not AWS's");
  expect(page).toMatch(/mean 480\.76 ms, SD 294\.57 ms, largest 8,826 ms, n = 5,013/);
  expect(page).toMatch(/about \+99 ms a tick/);
  expect(page.split("*Not the same thing:*")).toHaveLength(1 + 3);
});

test("without faults there is nothing of them", () => {
  const usual = { ...file, load: { ...file.load, faults: null }, runs: file.runs.filter(({ faults }) => !faults) };
  expect(benchMarkdown(usual)).not.toMatch(/faults/i);
  expect(renderBench(usual, { colour: false })).not.toMatch(/faults/i);
});

test("every contestant has a title of its own, of at most 30 characters", () => {
  const titles = CONTESTANTS.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(Math.max(...titles.map((title) => title.length))).toBeLessThanOrEqual(30);
});
