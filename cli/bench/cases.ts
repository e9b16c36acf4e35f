import type { EnvironmentConfig, Environments } from "../../config/schema";
import { type Duration, msToDuration } from "../../schedule/duration";
import type { Variant } from "../../strategies/strategy";
import { allVariants } from "../compare/comparison";
import { PRICE_REGION } from "../cost/prices";
import { localAwsConstraint } from "../start/session";

/** A variant that the benchmark deploys and measures. */
export type BenchCase = Variant & Required<Pick<Variant, "bench">>;

/** The variants of all strategies that the benchmark measures, in the order of its tables. */
export function benchCases(): BenchCase[] {
  return allVariants().filter((variant): variant is BenchCase => variant.bench !== undefined);
}

/**
 * The environment that a variant is deployed as: one schedule with the sample target, untraced and without monitoring, so
 * that only the clock itself is counted.
 *
 * @param endpoint URL of the embedded AWS.
 */
export function environmentOf({ bench, strategy }: BenchCase, endpoint: string): EnvironmentConfig {
  const { environment, intervalMs, phaseMs } = bench;
  return {
    account: "000000000000",
    region: PRICE_REGION,
    endpoint,
    strategy: strategy as EnvironmentConfig["strategy"],
    schedules: [
      { name: "tick", interval: msToDuration(intervalMs) as Duration, phase: msToDuration(phaseMs) as Duration },
    ],
    backend: { bucket: `metronome-${environment}` },
    // Versions of the provider before 6 know no later runtime.
    runtime: "nodejs22.x",
    tracing: false,
    monitoring: { metrics: false, queries: false },
    // The providers of the local environment serve all of the benchmark's.
    awsProviderVersion: localAwsConstraint(),
    logRetentionDays: 1,
  };
}

/** The environments of all these variants, by name. */
export function environmentsOf(all: readonly BenchCase[], endpoint: string): Environments {
  return Object.fromEntries(all.map((one) => [one.bench.environment, environmentOf(one, endpoint)]));
}
