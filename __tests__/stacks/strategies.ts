import type { EnvironmentConfig, StrategyConfig } from "../../config/schema";
import { environment, FUNCTION, FUNCTION_ALIAS, QUEUE, schedule, TOPIC } from "../config/examples";

/** Every kind of stack a clock can be, by what it is called. */
export const STRATEGIES: readonly (readonly [name: string, strategy: StrategyConfig])[] = [
  ["sfn-loop", { kind: "sfn-loop" }],
  ["sfn-loop on Express", { kind: "sfn-loop", machineType: "EXPRESS" }],
  ["relative sfn-loop", { kind: "sfn-loop", pacing: "relative" }],
  ["lambda-clock", { kind: "lambda-clock" }],
  ["sqs-delay", { kind: "sqs-delay" }],
];

/** More targets than an inline policy names. */
export const MANY_FUNCTIONS: readonly string[] = Array.from({ length: 200 }, (_, k) => `${FUNCTION}-${k + 100}`);

/** An environment in which a schedule has no target of its own, and another has one of each kind. */
export function everyTarget(strategy: StrategyConfig, fields: Partial<EnvironmentConfig> = {}): EnvironmentConfig {
  const targets = [FUNCTION, FUNCTION_ALIAS, TOPIC, QUEUE];
  return environment({ strategy, schedules: [schedule(), schedule({ name: "report", targets })], ...fields });
}
