import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { writeReport } from "../../../cli/report/report-files";
import type { ClockReport } from "../../../cli/report/schedule-report";
import { faulty, sawtooth } from "../../cli/report/sample-reports";
import { browserPath, openBrowser } from "../support/browser";

const path = browserPath();
if (path === undefined) {
  console.warn(
    "report.html is not tested: no Chromium here. Install it (Debian: apt-get install -y chromium), or name one in PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH.",
  );
}
const inBrowser = path === undefined ? test.skip : test;

const directory = mkdtempSync(join(tmpdir(), "report-html-"));
let browser: Browser;

beforeAll(async () => {
  if (path !== undefined) browser = await openBrowser(path);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Opens the report's file, and gathers the lines of the console and the requests to the network. */
async function open(report: ClockReport, options: BrowserContextOptions = {}) {
  writeReport(directory, report);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const file = pathToFileURL(join(directory, "report.html")).href;
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== file) complaints.push(request.url());
  });
  await page.goto(file);
  return { page, complaints, close: () => context.close() };
}

/** Of each chart: its name, and how many of its shapes but the grid are painted, in a colour and within the chart. */
function painted(page: Page): Promise<[string, number][]> {
  return page.evaluate(`[...document.querySelectorAll("[data-chart]")].map((element) => {
    const within = element.getBoundingClientRect();
    const shapes = [...element.querySelectorAll(".plot path:not(:first-child), .marks path, .marks circle")];
    const seen = shapes.filter((shape) => {
      const { left, right, top, bottom } = shape.getBoundingClientRect();
      const { fill, stroke } = getComputedStyle(shape);
      const isVisible = [fill, stroke].some((colour) => !["none", "rgba(0, 0, 0, 0)"].includes(colour));
      return isVisible && right + bottom > left + top && left >= within.left - 8 && right <= within.right + 8;
    });
    if (seen.length < shapes.length) throw new Error(shapes.find((shape) => !seen.includes(shape)).outerHTML);
    return [element.dataset.chart, seen.length];
  })`);
}

/** The cells of the first table with this caption, without its heads. */
function cells(page: Page, caption: string, section = 0): Promise<string[][]> {
  return page.evaluate(`(() => {
    const sections = document.querySelectorAll("section");
    const tables = [...sections[${section}].querySelectorAll("table")];
    const table = tables.find((one) => one.caption.textContent === ${JSON.stringify(caption)});
    return [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  })()`);
}

inBrowser(
  "every chart is drawn, without a word in the console and without the network",
  async () => {
    const { page, complaints, close } = await open(faulty());
    const charts = await painted(page);
    expect(charts.map(([name]) => name)).toEqual([
      "compare",
      ...["strip", "delay", "dispatch-histogram", "start-histogram", "curve", "second"],
      ...["strip", "delay", "dispatch-histogram", "start-histogram", "curve", "second"],
    ]);
    for (const [, shapes] of charts) expect(shapes).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await close();
  },
  60_000,
);

inBrowser(
  "the tables have the figures of report.json, and the missed, doubled and late tick are named and marked",
  async () => {
    const report = faulty();
    const [schedule] = report.schedules;
    const { page, close } = await open(report);
    const { at, mean } = schedule?.charts.delay ?? { at: [], mean: [] };
    const delays = await cells(page, "Delay of consecutive invocations");
    expect(delays.map(([, value]) => value)).toEqual(mean.map((ms) => (ms === null ? "–" : String(ms))));
    expect(delays).toHaveLength(at.length);
    const bins = schedule?.charts.dispatchSkew?.histogram.bins ?? [];
    expect((await cells(page, "Dispatch skew")).map((row) => row.slice(0, 3))).toEqual(
      bins.map(({ from, to, count }) => [from, to, count].map(String)),
    );
    const [dispatch] = await cells(page, "Signed ms; early is negative.");
    const curve = schedule?.charts.dispatchSkew?.curve.skewMs.map(String);
    expect((await cells(page, "Percentiles")).map(([, value]) => value)).toEqual(curve);
    const { count, p50, p99, max } = schedule?.dispatchSkewMs ?? { count: 0, p50: 0, p99: 0, max: 0 };
    expect([dispatch?.[1], dispatch?.[4], dispatch?.[6], dispatch?.[9]]).toEqual([
      String(count),
      ...[p50, p99, max].map((ms) => `+${ms}`),
    ]);
    const text = await page.textContent("section >> nth=0");
    for (const id of [schedule?.missed.first[0]?.id, schedule?.duplicates[0]?.id, schedule?.late.first[0]?.id]) {
      expect(text).toContain(id);
    }
    for (const chart of ["strip", "delay"]) {
      const marks = page.locator(`section >> nth=0`).locator(`[data-chart="${chart}"] .marks svg`);
      expect(await marks.count()).toBe(3);
    }
    await close();
  },
  60_000,
);

inBrowser(
  "what is reported never becomes markup",
  async () => {
    const { page, close } = await open(faulty());
    expect(await page.locator("img, section b, section i").count()).toBe(0);
    expect(await page.textContent("section:nth-of-type(2) h2")).toBe("thirty</script><img src=x onerror=alert(1)>");
    expect(await page.textContent("main")).toContain(`TooManyRequestsException: "<b>Rate exceeded</b>"`);
    await close();
  },
  60_000,
);

inBrowser(
  "hovering shows a value, and so do the arrow keys",
  async () => {
    const { page, close } = await open(sawtooth());
    const chart = page.locator('[data-chart="delay"]');
    const tip = chart.locator(".tip");
    await chart.locator(".plot").hover();
    expect(await tip.textContent()).toMatch(/^due 2026-11-22 18:\d\d:\d\d\.000 UTC\ndelay \d+ ms$/);
    await page.mouse.move(0, 0);
    expect(await tip.isVisible()).toBe(false);
    await chart.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    const delay = sawtooth().schedules[0]?.charts.delay;
    const instant = new Date(delay?.at[1] ?? 0).toISOString().slice(0, 23).replace("T", " ");
    expect(await tip.textContent()).toBe(`due ${instant} UTC\ndelay ${delay?.mean[1]} ms`);
    const strip = page.locator('[data-chart="strip"]');
    await strip.focus();
    expect(await tip.isVisible()).toBe(false);
    await page.keyboard.press("ArrowRight");
    expect(await strip.locator(".tip").textContent()).toMatch(/UTC\non time 1$/);
    await close();
  },
  60_000,
);

inBrowser(
  "the theme is the system's, and the button changes it",
  async () => {
    const { page, complaints, close } = await open(sawtooth(), { colorScheme: "dark" });
    const ground = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const dark = await ground();
    await page.click("#theme");
    const light = await ground();
    const lightness = (colour: string) => (colour.match(/\d+/g) ?? []).reduce((sum, part) => sum + Number(part), 0);
    expect(lightness(dark)).toBeLessThan(150);
    expect(lightness(light)).toBeGreaterThan(600);
    for (const [, shapes] of await painted(page)) expect(shapes).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await close();
  },
  60_000,
);

inBrowser.each([
  [390, "light"],
  [390, "dark"],
  [1280, "light"],
] as const)(
  "at a width of %d px, %s, nothing overflows",
  async (width, colorScheme) => {
    for (const report of [faulty(), sawtooth()]) {
      const { page, close } = await open(report, { viewport: { width, height: 844 }, colorScheme });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      const widths = await page.evaluate<number[]>(
        '[...document.querySelectorAll(".plot")].map((chart) => chart.offsetWidth)',
      );
      expect(Math.min(...widths)).toBeGreaterThan(width / 4);
      await close();
    }
  },
  60_000,
);
