import type { EnvironmentConfig, Environments, StrategyConfig } from "../../config/types";
import type { Duration } from "../../schedule/duration";

/** A strategy, in one variant and at one interval, that the benchmark measures. */
export interface Contestant {
  /** The variant's id, as `npm run compare` knows it; unique among the contestants. */
  readonly id: string;
  /** As the tables name it. */
  readonly title: string;
  /** Name of the environment it is deployed as: at most 16 characters, and no other's beginning up to a dash. */
  readonly environment: string;
  readonly strategy: StrategyConfig;
  readonly interval: Duration;
  /**
   * Shift of its grid.
   * @default "0s". All share one machine, so each dispatches at a second of its own, where its strategy lets it.
   */
  readonly phase?: Duration;
}

/** Who takes part, in the order of the tables: a new strategy joins by being listed here. */
export const CONTESTANTS: readonly Contestant[] = [
  {
    id: "sfn-loop-relative-standard",
    title: "sfn-loop, relative, STANDARD",
    environment: "bench-relative",
    strategy: { kind: "sfn-loop", pacing: "relative" },
    interval: "10s",
  },
  {
    id: "sfn-loop-clock-standard",
    title: "sfn-loop, clock, STANDARD",
    environment: "bench-standard",
    strategy: { kind: "sfn-loop" },
    interval: "10s",
    phase: "2s",
  },
  {
    id: "sfn-loop-clock-express",
    title: "sfn-loop, clock, EXPRESS",
    environment: "bench-express",
    strategy: { kind: "sfn-loop", machineType: "EXPRESS" },
    interval: "10s",
    phase: "4s",
  },
  {
    id: "lambda-clock",
    title: "lambda-clock",
    environment: "bench-minutely",
    strategy: { kind: "lambda-clock" },
    interval: "1m",
  },
];

/** The region whose prices are known. */
export const REGION = "us-east-1";

/**
 * The environment a contestant is deployed as: one schedule with the sample target, untraced and without monitoring, so
 * that what is counted is the clock and nothing else.
 *
 * @param endpoint where the embedded AWS answers. @default none, for what is described and not deployed
 */
export function environmentOf(contestant: Contestant, endpoint?: string): EnvironmentConfig {
  const { environment, strategy, interval, phase } = contestant;
  return {
    account: "000000000000",
    region: REGION,
    ...(endpoint && { endpoint }),
    strategy,
    schedules: [{ name: "tick", interval, ...(phase && { phase }) }],
    backend: { bucket: `metronome-${environment}` },
    // As the local environment has it: providers before 6 know no later one.
    runtime: "nodejs22.x",
    tracing: false,
    monitoring: { metrics: false, queries: false },
    awsProviderVersion: ">= 5.100.0, < 7",
    logRetentionDays: 1,
  };
}

/** All contestants' environments, by name. */
export function environmentsOf(contestants: readonly Contestant[], endpoint: string): Environments {
  return Object.fromEntries(contestants.map((one) => [one.environment, environmentOf(one, endpoint)]));
}
