import { withOverrides } from "../../config/overrides";
import { parseEnvironments } from "../../config/parse";
import type { Environments } from "../../config/schema";
import { stackId, stateKey } from "../../constructs/naming";

/** The stacks of an environment that have a state. */
export const STACKS = ["clock", "state", "ci"] as const;
export type Stack = (typeof STACKS)[number];

/** Where a stack's state is. */
export interface StateLocation {
  readonly environment: string;
  /** The stack's id, such as `metronome-dev`. */
  readonly stack: string;
  readonly account: string;
  /** Region of the environment. */
  readonly region: string;
  readonly bucket: string;
  readonly bucketRegion: string;
  readonly key: string;
  readonly kmsKeyId?: string;
  /** Where the embedded AWS answers; none on AWS. */
  readonly endpoint?: string;
}

/**
 * Where the state of an environment's stack is, as the stack itself has it (`useRemoteState`).
 *
 * @param overrides the text of METRONOME_OVERRIDES.
 * @throws ConfigError
 * @throws RangeError for an environment that is not configured.
 */
export function locateState(
  all: Environments,
  overrides: string | undefined,
  environment: string,
  stack: Stack,
): StateLocation {
  const environments = parseEnvironments(withOverrides(all, overrides));
  const config = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  if (!config) {
    throw new RangeError(
      `"${environment}" is not an environment of config/environments.ts, which has ${Object.keys(environments).join(", ")}. Name one of these.`,
    );
  }
  const id = stackId(stack === "clock" ? environment : `${stack}-${environment}`);
  const { account, region, backend, endpoint } = config;
  return {
    environment,
    stack: id,
    account,
    region,
    bucket: backend.bucket,
    bucketRegion: backend.region,
    key: stateKey(id),
    kmsKeyId: backend.kmsKeyId,
    endpoint,
  };
}
