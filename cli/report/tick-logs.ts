import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Environment } from "../../config/environment";
import { functionLogGroup, physicalName } from "../../constructs/naming";
import { emulatorCredentials } from "../../emulator/access-key";
import type { ScheduleTiming } from "../../schedule/outcome";
import { scheduleSpec } from "../../schedule/schedule";
import { STRATEGIES, strategyOf } from "../../strategies";
import { LOCAL } from "../start/session";
import { followTickEvents } from "./log-reader";
import type { TickEvent } from "./tick-log";

/** The roles of an environment's functions that log ticks: its clock's, the retiring clock's, and the sample target. */
function tickLoggers({ strategy, retiring }: Pick<Environment, "strategy" | "retiring">): string[] {
  const clocks = [strategy, ...(retiring ? [retiring] : [])];
  const functions = clocks.map((clock) => strategyOf(clock).functions(clock));
  return [...functions.flatMap(({ dispatchers, observers }) => [...dispatchers, ...observers]), "sample-target"];
}

/**
 * The ticks of the local environment as they are logged, to be followed.
 *
 * @param endpoint the URL of the embedded AWS.
 * @param from ms since the epoch; earlier lines are left out.
 */
export function localTickEvents(endpoint: string, environment: Environment, from: number) {
  const client = new CloudWatchLogsClient({
    endpoint,
    region: environment.region,
    credentials: emulatorCredentials(endpoint),
  });
  const logGroups = tickLoggers(environment).map((role) => functionLogGroup(physicalName(LOCAL, role)));
  const pause = (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined);
  return (signal: AbortSignal): AsyncIterable<TickEvent> =>
    followTickEvents({ client, logGroups, from, signal, pause });
}

/**
 * The log groups of an environment's ticks under every strategy. If the strategy was changed within a span, the earlier
 * ticks are in the groups of the other. The groups of a strategy that the environment never had do not exist.
 *
 * @param environment its name.
 * @returns all of them, and those of the functions that dispatch.
 */
export function tickLogGroups(environment: string): { readonly all: string[]; readonly dispatching: string[] } {
  const groups = (roles: readonly string[]) => roles.map((role) => functionLogGroup(physicalName(environment, role)));
  const functions = Object.values(STRATEGIES).map(({ allFunctions }) => allFunctions);
  const dispatchers = functions.flatMap((one) => one.dispatchers);
  const observers = functions.flatMap((one) => one.observers);
  return { all: groups([...dispatchers, ...observers, "sample-target"]), dispatching: groups(dispatchers) };
}

/** An environment's schedules as a report judges them. */
export function scheduleTimings({ strategy, schedules }: Environment): ScheduleTiming[] {
  const { grid, logsPlans } = strategyOf(strategy).timing(strategy);
  const pacing = grid ? "clock" : "relative";
  return schedules.map((schedule) => ({ ...scheduleSpec(schedule, strategy.kind), pacing, logsPlans }));
}
