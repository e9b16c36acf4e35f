import { embeddedMetrics, type Metrics } from "../functions/runtime/metrics";
import type { MetricsOf } from "../schedule/metrics";

/** What CloudWatch Logs bills of each line besides its text, in bytes (PutLogEvents). */
const OVERHEAD_BYTES = 26;

/** How many bytes the lines take that embed what a dispatch, a start, and a planning firing record. */
export function recordedLineBytes(environment: string, schedule: string, of: MetricsOf = "schedules") {
  const bytes = (record: (metrics: Metrics) => void) => {
    let size = 0;
    const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
      size += Buffer.byteLength(String(text).trimEnd()) + OVERHEAD_BYTES;
      return true;
    });
    try {
      const metrics = embeddedMetrics(environment, of);
      record(metrics);
      metrics.flush();
    } finally {
      write.mockRestore();
    }
    return size;
  };
  return {
    dispatched: bytes((metrics) => {
      metrics.record(schedule, "TicksDispatched", 1);
      metrics.record(schedule, "DispatchSkew", 12);
    }),
    started: bytes((metrics) => metrics.record(schedule, "StartSkew", 42)),
    planned: bytes((metrics) => {
      metrics.record(schedule, "PlannerLag", -83_456);
      metrics.record(schedule, "TicksDue", 6);
    }),
  };
}
