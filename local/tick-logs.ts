import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { strategySettings } from "../config/describe-clock";
import { scheduleSpec } from "../config/schedule-spec";
import type { EnvironmentConfig } from "../config/types";
import { functionLogGroup, physicalName } from "../constructs/naming";
import { followTickEvents } from "../report/log-reader";
import type { TickEvent } from "../report/tick-log";
import type { StrategySettings } from "../schedule/clock";
import type { ScheduleTiming } from "../schedule/outcome";
import { DUMMY_CREDENTIALS } from "./aws-environment";
import { pause } from "./follow-clock";
import { LOCAL } from "./session";

/** The roles of an environment's functions that log ticks: its clock's, the retiring clock's, and the sample target. */
function tickLoggers({ strategy, retiring }: Pick<EnvironmentConfig, "strategy" | "retiring">): string[] {
  const clocks = [strategy, ...(retiring ? [retiring] : [])].map(strategySettings);
  return [...clocks.flatMap(loggersOf), "sample-target"];
}

function loggersOf(clock: StrategySettings): string[] {
  if (clock.kind === "lambda-clock") return ["LambdaClock", "latency-analyser"];
  return [clock.machineType === "EXPRESS" ? "express-iterator" : "iterator"];
}

/**
 * The ticks of the local environment as they are logged, to be followed.
 *
 * @param endpoint where the embedded AWS answers.
 * @param from ms since the epoch; earlier lines are left out.
 */
export function localTickEvents(endpoint: string, environment: EnvironmentConfig, from: number) {
  const client = new CloudWatchLogsClient({ endpoint, region: environment.region, credentials: DUMMY_CREDENTIALS });
  const logGroups = tickLoggers(environment).map((role) => functionLogGroup(physicalName(LOCAL, role)));
  return (signal: AbortSignal): AsyncIterable<TickEvent> =>
    followTickEvents({ client, logGroups, from, signal, pause });
}

/** An environment's schedules as a report judges them. */
export function scheduleTimings({ strategy, schedules }: EnvironmentConfig): ScheduleTiming[] {
  const pacing = strategy.kind === "sfn-loop" ? (strategy.pacing ?? "clock") : "clock";
  return schedules.map((schedule) => ({ ...scheduleSpec(schedule, strategy.kind), pacing }));
}
