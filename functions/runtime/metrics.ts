import { Metrics as Powertools } from "@aws-lambda-powertools/metrics";
import { METRICS, type MetricName, type MetricsOf, NAMESPACE, TOTAL_METRICS } from "../../schedule/metrics";
import type { ScheduleSpec } from "../../schedule/tick";

/** Takes figures of schedules; they leave the function with the next flush. */
export interface Metrics {
  /**
   * Keeps one value. Never throws, and takes no time worth counting.
   *
   * @param at the instant that the value belongs to, in ms since the epoch. @default that of the flush
   */
  record(schedule: string, name: MetricName, value: number, at?: number): void;
  /** Writes what was recorded since the last flush: after a dispatch, never before it. */
  flush(): void;
}

/**
 * Says that a firing has planned schedules with hours: each has 0 ticks more dispatched. They may have no tick for long, so the
 * alarm on their silence counts these records.
 */
export function recordPlanned(
  metrics: Pick<Metrics, "record">,
  schedules: readonly Pick<ScheduleSpec, "name" | "hours">[],
): void {
  for (const { name, hours } of schedules) if (hours) metrics.record(name, "TicksDispatched", 0);
}

/** For an environment that records no metrics. */
const NO_METRICS: Metrics = { record: () => undefined, flush: () => undefined };

/**
 * Metrics in the embedded metric format: one line of the log for each schedule, instant and flush, from which CloudWatch
 * makes datapoints by itself. Counts are added up; each skew is a value of its own.
 *
 * @param environment the environment's name; undefined for one without metrics.
 * @param of what is kept: of all schedules together only what alarms look at.
 */
export function embeddedMetrics(environment: string | undefined, of: MetricsOf): Metrics {
  if (environment === undefined) return NO_METRICS;
  const powertools = new Powertools({ namespace: NAMESPACE });
  // Powertools' own dimension, `service`, would be another one in each function.
  powertools.clearDefaultDimensions();
  powertools.setDefaultDimensions({ environment });
  const kept = new Map<string, { schedule: string; at?: number; values: Map<MetricName, number[]> }>();
  return {
    record(schedule, name, value, at) {
      if (of === "total" && !TOTAL_METRICS.has(name)) return;
      const line = of === "total" ? `${at}` : `${schedule} ${at}`;
      const own = kept.get(line) ?? { schedule, at, values: new Map<MetricName, number[]>() };
      kept.set(line, own);
      const values = own.values.get(name) ?? [];
      own.values.set(name, METRICS[name].unit === "Count" ? [(values[0] ?? 0) + value] : [...values, value]);
    },
    flush() {
      for (const own of kept.values()) {
        if (of === "schedules") powertools.addDimension("schedule", own.schedule);
        if (own.at !== undefined) powertools.setTimestamp(own.at);
        for (const [name, values] of own.values) {
          const { unit, highResolution } = METRICS[name];
          for (const value of values) powertools.addMetric(name, unit, value, highResolution ? 1 : 60);
        }
        powertools.publishStoredMetrics();
      }
      kept.clear();
    },
  };
}
