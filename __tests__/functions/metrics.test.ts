import { parseTickLine } from "../../cli/report/tick-log";
import { embeddedMetrics } from "../../functions/runtime/metrics";
import { startMeter } from "../../functions/runtime/start-meter";
import { METRICS, type MetricName } from "../../schedule/metrics";
import { iso } from "../../schedule/tick";
import { readEmbedded } from "../embedded-metrics";
import { MINUTE } from "../simulation/schedules";

const NAMES = Object.keys(METRICS) as MetricName[];

/** The lines that reach the log while `work` is done. */
function written(work: () => void): string[] {
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    work();
  } finally {
    write.mockRestore();
  }
  return lines;
}

/** The same, of metrics that are recorded and flushed. */
function recorded(values: readonly (readonly [schedule: string, name: MetricName, value: number])[]): string[] {
  const metrics = embeddedMetrics("dev", "schedules");
  return written(() => {
    for (const value of values) metrics.record(...value);
    metrics.flush();
  });
}

test("every metric is written in the published format, with the two dimensions and no other", () => {
  const lines = recorded(NAMES.map((name) => ["beat", name, -1.5] as const));
  expect(lines).toHaveLength(1);
  const { namespace, dimensions, metrics } = readEmbedded(lines[0] ?? "");
  expect([namespace, dimensions]).toEqual(["Metronome", { environment: "dev", schedule: "beat" }]);
  expect(metrics).toEqual(Object.fromEntries(NAMES.map((name) => [name, [-1.5]])));
});

test("of all schedules together there are what alarms look at alone, in one line for an instant", () => {
  const metrics = embeddedMetrics("dev", "total");
  const lines = written(() => {
    for (const schedule of ["beat", "other"]) {
      for (const name of NAMES) metrics.record(schedule, name, 1, MINUTE);
    }
    metrics.flush();
  });
  expect(lines.map(readEmbedded)).toEqual([
    {
      namespace: "Metronome",
      dimensions: { environment: "dev" },
      metrics: { TicksDispatched: [2], TicksMissed: [2], TicksPaused: [2], DispatchesFailed: [2] },
    },
  ]);
});

test("skews are kept by the second, counts are not", () => {
  const [line] = recorded(NAMES.map((name) => ["beat", name, 1] as const));
  const { Metrics } = JSON.parse(line ?? "")._aws.CloudWatchMetrics[0];
  const fine = Metrics.filter(({ StorageResolution }: { StorageResolution?: number }) => StorageResolution === 1);
  expect(fine.map(({ Name }: { Name: string }) => Name)).toEqual(["DispatchSkew", "StartSkew"]);
});

test("each schedule has a line of its own; counts are added up, skews are listed", () => {
  const lines = recorded([
    ["beat", "TicksDue", 2],
    ["other", "TicksDue", 1],
    ["beat", "TicksDue", 3],
    ["beat", "DispatchSkew", 4],
    ["beat", "DispatchSkew", -5],
  ]);
  expect(lines.map(readEmbedded).map(({ dimensions, metrics }) => [dimensions.schedule, metrics])).toEqual([
    ["beat", { TicksDue: [5], DispatchSkew: [4, -5] }],
    ["other", { TicksDue: [1] }],
  ]);
});

test("a value that belongs to an instant has it as its timestamp, in a line of its own; others have that of the flush", () => {
  const metrics = embeddedMetrics("dev", "schedules");
  const before = Date.now();
  const at = before - 65_000;
  const lines = written(() => {
    metrics.record("beat", "TicksDue", 2);
    metrics.record("beat", "TicksDispatched", 1, at);
    metrics.record("beat", "DispatchSkew", 4, at);
    metrics.record("beat", "TicksDispatched", 1, at + 1);
    metrics.flush();
    metrics.record("beat", "TicksDue", 1);
    metrics.flush();
  });
  const stamps = lines.map((line) => JSON.parse(line)._aws.Timestamp as number);
  expect(stamps.slice(1, 3)).toEqual([at, at + 1]);
  for (const now of [stamps[0], stamps[3]]) expect(now).toBeGreaterThanOrEqual(before);
  expect(lines.map((line) => readEmbedded(line).metrics)).toEqual([
    { TicksDue: [2] },
    { TicksDispatched: [1], DispatchSkew: [4] },
    { TicksDispatched: [1] },
    { TicksDue: [1] },
  ]);
});

test("nothing is written twice, nothing where nothing was recorded, and nothing without an environment", () => {
  const metrics = embeddedMetrics("dev", "schedules");
  const none = embeddedMetrics(undefined, "schedules");
  metrics.record("beat", "TicksDue", 1);
  none.record("beat", "TicksDue", 1);
  expect(written(() => metrics.flush())).toHaveLength(1);
  expect(
    written(() => {
      metrics.flush();
      none.flush();
    }),
  ).toEqual([]);
});

test("a reader of tick lines passes over them", () => {
  for (const line of recorded(NAMES.map((name) => ["tick.dispatched", name, 1] as const))) {
    expect(parseTickLine(line)).toBeUndefined();
  }
});

describe("the format's reader, which the tests above rely on", () => {
  const valid = JSON.parse(recorded([["beat", "TicksDue", 1]])[0] ?? "");
  const [directive] = valid._aws.CloudWatchMetrics;
  const withDirective = (fields: object) => ({
    ...valid,
    _aws: { ...valid._aws, CloudWatchMetrics: [{ ...directive, ...fields }] },
  });

  test.each<[string, object]>([
    ["no metadata", { ...valid, _aws: undefined }],
    ["no timestamp", { ...valid, _aws: { CloudWatchMetrics: [directive] } }],
    ["a value that is text", { ...valid, TicksDue: "1" }],
    ["a value that is missing", { ...valid, TicksDue: undefined }],
    ["more than 100 values", { ...valid, TicksDue: Array(101).fill(1) }],
    ["a dimension that is no text", { ...valid, schedule: 1 }],
    ["a dimension that is missing", { ...valid, schedule: undefined }],
    ["a unit that there is not", withDirective({ Metrics: [{ Name: "TicksDue", Unit: "Ticks" }] })],
    ["another resolution", withDirective({ Metrics: [{ Name: "TicksDue", StorageResolution: 10 }] })],
    ["no namespace", withDirective({ Namespace: "" })],
    ["a member that is unknown", withDirective({ Metric: [] })],
    ["more than 100 metrics", withDirective({ Metrics: Array(101).fill({ Name: "TicksDue" }) })],
  ])("refuses %s", (_what, event) => {
    expect(() => readEmbedded(JSON.stringify(event))).toThrow();
  });
});

describe("a target of ours", () => {
  const tickOf = (k: number, scheduledAt: string | null = iso(MINUTE)) => ({
    ...{ id: `beat-${k}`, schedule: "beat", strategy: "sfn-loop" as const, scheduledAt },
    dispatchedAt: iso(MINUTE),
    expiresAt: iso(MINUTE + 10_000),
  });
  const metered = (work: (meter: ReturnType<typeof startMeter>) => void) =>
    written(() => work(startMeter(embeddedMetrics("dev", "schedules")))).map((line) => readEmbedded(line).metrics);

  test("measures how long after its instant a tick starts", () => {
    expect(metered((meter) => meter(tickOf(1), MINUTE + 42))).toEqual([{ StartSkew: [42] }]);
  });

  test("counts a tick that it has had before, and measures only its first start", () => {
    expect(
      metered((meter) => {
        meter(tickOf(1), MINUTE + 42);
        meter(tickOf(1), MINUTE + 900);
        meter(tickOf(2), MINUTE + 7);
      }),
    ).toEqual([{ StartSkew: [42] }, { TicksDuplicate: [1] }, { StartSkew: [7] }]);
  });

  test("remembers the newest thousand ticks", () => {
    const lines = metered((meter) => {
      for (let k = 0; k <= 1_000; k++) meter(tickOf(k), MINUTE);
      meter(tickOf(1_000), MINUTE);
      meter(tickOf(0), MINUTE);
    });
    expect(lines.slice(-2)).toEqual([{ TicksDuplicate: [1] }, { StartSkew: [0] }]);
  });

  test("has nothing to measure a tick without a grid against", () => {
    expect(metered((meter) => meter(tickOf(1, null), MINUTE))).toEqual([]);
  });
});
