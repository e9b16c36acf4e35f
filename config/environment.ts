import type { Settings } from "../schedule/clock";
import { SECOND_MS } from "../schedule/duration";
import { phaseByName } from "../schedule/grid";
import type { Hours, Rate } from "../schedule/hours";
import { ON_TIME_WITHIN_MS } from "../schedule/outcome";
import type { Schedule } from "../schedule/schedule";
import type { EnvironmentFields } from "./schema";

/**
 * How an environment is watched. An address of `null` is for no subscription, a topic of `null` for the environment's own.
 */
export type Monitoring = Readonly<ReturnType<typeof resolveMonitoring>>;

/** One deployment of the clock with every default filled in, times in ms: what all code below the configuration gets. */
export interface Environment
  extends Readonly<
    Pick<
      EnvironmentFields,
      | "account"
      | "region"
      | "runtime"
      | "logRetentionDays"
      | "encryption"
      | "reservedConcurrency"
      | "awsProviderVersion"
      | "tags"
      | "endpoint"
      | "ci"
      | "topicKeyArns"
      | "targetPatterns"
    >
  > {
  /** Its name. */
  readonly environment: string;
  readonly strategy: Settings;
  /** The strategy that is being handed over from; `null` outside a handover. */
  readonly retiring: Settings | null;
  readonly schedules: readonly Schedule[];
  readonly backend: Readonly<EnvironmentFields["backend"] & { region: string }>;
  readonly tracing: boolean;
  readonly monitoring: Monitoring;
}

/** Fills in the defaults that depend on other fields. */
export function resolveEnvironment(name: string, fields: EnvironmentFields): Environment {
  const { strategy, retiring = null, enabled, note, schedules, backend, tracing, monitoring, ...same } = fields;
  return {
    ...same,
    environment: name,
    strategy,
    retiring,
    schedules: schedules.map((schedule) => resolveSchedule(schedule, { enabled, note })),
    backend: { ...backend, region: backend.region ?? fields.region },
    tracing: tracing ?? tracedForFree(schedules.map(({ interval }) => shortestInterval(interval))),
    monitoring: resolveMonitoring(monitoring),
  };
}

/** The interval of a schedule, or the shortest one of its rates, in ms. */
export function shortestInterval(interval: number | readonly Rate[]): number {
  return typeof interval === "number" ? interval : Math.min(...interval.map(({ intervalMs }) => intervalMs));
}

/** When a schedule ticks; `undefined` if always. */
function hoursOf({ interval, active, except, from, until }: EnvironmentFields["schedules"][number]): Hours | undefined {
  const isList = typeof interval !== "number";
  if (!isList && !active && !except && from === undefined && until === undefined) return undefined;
  return {
    rates: isList ? interval : [{ intervalMs: interval, ...(active && { active }) }],
    ...(except && { except }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  };
}

type Pausable = Pick<EnvironmentFields, "enabled" | "note">;

/** @param environment pauses all of its schedules. */
export function resolveSchedule(fields: EnvironmentFields["schedules"][number], environment: Pausable): Schedule {
  const intervalMs = shortestInterval(fields.interval);
  const hours = hoursOf(fields);
  return {
    name: fields.name,
    intervalMs,
    phaseMs: fields.phase === "auto" ? phaseByName(fields.name, intervalMs) : fields.phase,
    ...(hours && { hours }),
    catchUpMs: fields.catchUpWindow ?? intervalMs,
    overdue: fields.overdue,
    targets: fields.targets ?? null,
    payload: fields.payload,
    ...(fields.lead > 0 && { leadMs: fields.lead }),
    paused: pauseOf(fields) ?? pauseOf(environment),
  };
}

function pauseOf({ enabled, note }: Pausable): string | null {
  return enabled ? null : (note ?? "");
}

/** How an environment is watched, with its defaults. */
export function resolveMonitoring({ metrics, queries, ...own }: EnvironmentFields["monitoring"]) {
  return {
    metrics,
    alarms: own.alarms ?? metrics !== false,
    alarmEmail: own.alarmEmail ?? null,
    alarmTopicArn: own.alarmTopicArn ?? null,
    p99SkewMs: own.p99SkewMs ?? ON_TIME_WITHIN_MS,
    dashboard: own.dashboard ?? metrics === "schedules",
    queries,
  };
}

/** Traces a month that X-Ray records for free (aws.amazon.com/xray/pricing). */
const FREE_TRACES = 100_000;
const MONTH_MS = 30 * 24 * 60 * 60 * SECOND_MS;

/** Whether tracing every tick of schedules with these intervals (ms) stays inside X-Ray's free tier. */
function tracedForFree(intervals: readonly number[]): boolean {
  return intervals.reduce((sum, interval) => sum + MONTH_MS / interval, 0) <= FREE_TRACES;
}
