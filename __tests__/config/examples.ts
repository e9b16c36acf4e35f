import type { Environment } from "../../config/environment";
import { parseEnvironments } from "../../config/parse";
import type { EnvironmentConfig, ScheduleConfig } from "../../config/schema";

export const ACCOUNT = "111111111111";
export const REGION = "eu-central-1";
export const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:mine`;
export const FUNCTION_ALIAS = `${FUNCTION}:live`;
export const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:mine`;
export const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:mine`;
export const FIFO_QUEUE = `${QUEUE}.fifo`;
export const KEY = "arn:aws:kms:eu-central-1:111111111111:key/12345678-1234-1234-1234-123456789012";

/** An environment that nobody watches, for tests of the clock alone. */
export const UNWATCHED = { metrics: false, queries: false } as const;

/** A schedule that is valid on every strategy, but for `fields`. */
export function schedule(fields: Partial<ScheduleConfig> = {}): ScheduleConfig {
  return { name: "heartbeat", interval: "1m", ...fields };
}

/** A valid environment with as little as one may write, but for `fields`. */
export function environment(fields: Partial<EnvironmentConfig> = {}): EnvironmentConfig {
  return {
    account: ACCOUNT,
    region: REGION,
    strategy: { kind: "sfn-loop" },
    schedules: [schedule()],
    backend: { bucket: "metronome-state-111111111111" },
    ...fields,
  };
}

/** A valid environment as the code below the configuration gets it. */
export function parsed(config: EnvironmentConfig = environment(), name = "dev"): Environment {
  return parseEnvironments({ [name]: config })[name] as Environment;
}
