import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { ClockReport } from "../../../cli/report/schedule-report";
import { PROJECT_DIR } from "../../../host/work-dir";
import { fateOf, TICKS } from "../../scale/month-of-ticks";

/** The month's figures again, by other means: sorted arrays of all of them, which a report must not hold. */
function computed() {
  const dispatch: number[] = [];
  const start: number[] = [];
  const missed = { expired: 0, silent: 0 };
  let late = 0;
  let doubled = 0;
  for (let k = 0; k < TICKS; k++) {
    const { kind, skewMs, startMs } = fateOf(k);
    if (kind === "expired" || kind === "silent") {
      missed[kind] += 1;
      continue;
    }
    dispatch.push(skewMs);
    start.push(startMs);
    if (skewMs > 500) late += 1;
    if (kind === "doubled") {
      doubled += 1;
      dispatch.push(skewMs + 400);
    }
  }
  return { dispatch: figuresOf(dispatch), start: figuresOf(start), missed, late, doubled };
}

function figuresOf(figures: readonly number[]) {
  const sorted = Int32Array.from(figures).sort();
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  let mean = 0;
  let squares = 0;
  // Welford's: another way to the same mean and SD.
  figures.forEach((figure, k) => {
    const off = figure - mean;
    mean += off / (k + 1);
    squares += off * (figure - mean);
  });
  return {
    exact: {
      count: figures.length,
      min: at(0),
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      p999: at(0.999),
      max: at(1),
    },
    mean,
    sd: Math.sqrt(squares / figures.length),
  };
}

test("a month at a tick a second takes less than 300 MB, and its figures are those of an independent computation", () => {
  const child = spawnSync(process.execPath, ["-r", "tsx/cjs", join("__tests__", "scale", "report-a-month.ts")], {
    cwd: PROJECT_DIR,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(child.stderr).toBe("");
  const { report, maxRssMb } = JSON.parse(child.stdout) as { report: ClockReport; maxRssMb: number };
  console.log(`${TICKS} ticks: ${Math.round(maxRssMb)} MB at most`);
  expect(maxRssMb).toBeLessThan(300);

  const [schedule] = report.schedules;
  const own = computed();
  expect(schedule).toMatchObject({
    due: TICKS,
    seen: TICKS - own.missed.expired - own.missed.silent,
    outcomes: { late: own.late, missed: own.missed.expired + own.missed.silent },
    missed: { byReason: { expired: own.missed.expired, "not-planned": own.missed.silent } },
    duplicate: own.doubled,
    dispatchSkewMs: own.dispatch.exact,
    startSkewMs: own.start.exact,
  });
  expect(own.late * own.doubled * own.missed.expired * own.missed.silent).toBeGreaterThan(0);
  expect(schedule?.dispatchSkewMs?.mean).toBeCloseTo(own.dispatch.mean, 6);
  expect(schedule?.dispatchSkewMs?.sd).toBeCloseTo(own.dispatch.sd, 6);
  expect(schedule?.startSkewMs?.mean).toBeCloseTo(own.start.mean, 6);
  expect(schedule?.startSkewMs?.sd).toBeCloseTo(own.start.sd, 6);
  const strip = schedule?.charts.strip;
  expect(strip?.at.length).toBeLessThanOrEqual(240);
  expect(strip?.onTime.reduce((sum, count) => sum + count, 0)).toBe(schedule?.outcomes["on-time"]);
  expect(strip?.missed.reduce((sum, count) => sum + count, 0)).toBe(schedule?.outcomes.missed);
  expect(report.notes).toEqual([]);
}, 900_000);
