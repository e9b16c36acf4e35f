import { Metrics as Powertools } from "@aws-lambda-powertools/metrics";
import { METRICS, type MetricName, NAMESPACE } from "../../schedule/metrics";

/** Takes figures of schedules; they leave the function with the next flush. */
export interface Metrics {
  /** Keeps one value. Never throws, and takes no time worth counting. */
  record(schedule: string, name: MetricName, value: number): void;
  /** Writes what was recorded since the last flush: after a dispatch, never before it. */
  flush(): void;
}

/** For an environment that records no metrics. */
const NO_METRICS: Metrics = { record: () => undefined, flush: () => undefined };

/**
 * Metrics in the embedded metric format: one line of the log for each schedule and flush, from which CloudWatch makes
 * datapoints by itself. Counts are added up; each skew is a value of its own.
 *
 * @param environment the environment's name; undefined for one without metrics.
 */
export function embeddedMetrics(environment: string | undefined): Metrics {
  if (environment === undefined) return NO_METRICS;
  const powertools = new Powertools({ namespace: NAMESPACE });
  // Powertools' own dimension, `service`, would be another one in each function.
  powertools.clearDefaultDimensions();
  powertools.setDefaultDimensions({ environment });
  const kept = new Map<string, Map<MetricName, number[]>>();
  return {
    record(schedule, name, value) {
      const own = kept.get(schedule) ?? new Map<MetricName, number[]>();
      kept.set(schedule, own);
      const values = own.get(name) ?? [];
      own.set(name, METRICS[name].unit === "Count" ? [(values[0] ?? 0) + value] : [...values, value]);
    },
    flush() {
      for (const [schedule, own] of kept) {
        powertools.addDimension("schedule", schedule);
        for (const [name, values] of own) {
          const { unit, highResolution } = METRICS[name];
          for (const value of values) powertools.addMetric(name, unit, value, highResolution ? 1 : 60);
        }
        powertools.publishStoredMetrics();
      }
      kept.clear();
    },
  };
}
