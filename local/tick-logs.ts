import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { scheduleSpec } from "../config/schedule-spec";
import type { EnvironmentConfig } from "../config/types";
import { functionLogGroup, physicalName } from "../constructs/naming";
import { followTickEvents } from "../report/log-reader";
import type { TickEvent } from "../report/tick-log";
import type { ScheduleTiming } from "../schedule/outcome";
import type { StrategyKind } from "../schedule/tick";
import { DUMMY_CREDENTIALS } from "./aws-environment";
import { pause } from "./follow-clock";
import { LOCAL } from "./session";

/** The functions of each strategy that log ticks, by their role. */
const TICK_LOGGERS: Readonly<Record<StrategyKind, readonly string[]>> = {
  "sfn-loop": ["iterator", "sample-target"],
  "lambda-clock": ["LambdaClock", "latency-analyser", "sample-target"],
};

/**
 * The ticks of the local environment as they are logged, to be followed.
 *
 * @param endpoint where the embedded AWS answers.
 * @param from ms since the epoch; earlier lines are left out.
 */
export function localTickEvents(endpoint: string, { strategy, region }: EnvironmentConfig, from: number) {
  const client = new CloudWatchLogsClient({ endpoint, region, credentials: DUMMY_CREDENTIALS });
  const logGroups = TICK_LOGGERS[strategy.kind].map((role) => functionLogGroup(physicalName(LOCAL, role)));
  return (signal: AbortSignal): AsyncIterable<TickEvent> =>
    followTickEvents({ client, logGroups, from, signal, pause });
}

/** An environment's schedules as a report judges them. */
export function scheduleTimings({ strategy, schedules }: EnvironmentConfig): ScheduleTiming[] {
  const pacing = strategy.kind === "sfn-loop" ? (strategy.pacing ?? "clock") : "clock";
  return schedules.map((schedule) => ({ ...scheduleSpec(schedule, strategy.kind), pacing }));
}
