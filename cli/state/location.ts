import { stackId, stateKey } from "../../constructs/naming";
import { emulatorEnvironment, type ProcessEnvironment } from "../../emulator/aws-environment";
import { refuseEmbeddedSettings } from "../../host/embedded-settings";
import { configuredEnvironment } from "../terraform/access";
import type { Stack } from "./stacks";

/** The bucket and key of a stack's state. */
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
  /** The URL of the embedded AWS. @default AWS */
  readonly endpoint?: string;
}

/**
 * The bucket and key of the state of an environment's stack, as the stack itself has them (`useRemoteState`).
 *
 * @param env the process's variables, with its overrides.
 * @throws ConfigError
 * @throws UsageError for an environment that is not configured.
 */
export function locateState(env: ProcessEnvironment, environment: string, stack: Stack): StateLocation {
  const config = configuredEnvironment(environment, env);
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

/** The settings of Terraform's S3 backend, as the stack itself has them. */
export function backendOf({ account, bucket, bucketRegion, endpoint, key, kmsKeyId }: StateLocation): object {
  return {
    bucket,
    key,
    region: bucketRegion,
    encrypt: true,
    use_lockfile: true,
    kms_key_id: kmsKeyId,
    allowed_account_ids: [account],
    ...(endpoint && {
      use_path_style: true,
      skip_metadata_api_check: true,
      endpoints: { s3: endpoint, sts: endpoint, iam: endpoint },
    }),
  };
}

/**
 * The variables of a Terraform that works with this state.
 *
 * @throws Error if the state is on AWS, and the variables are of the embedded AWS.
 */
export function processEnvironment(
  env: ProcessEnvironment,
  { endpoint, environment }: Pick<StateLocation, "endpoint" | "environment">,
): Record<string, string> {
  if (endpoint) return emulatorEnvironment(env, endpoint);
  refuseEmbeddedSettings(environment, env);
  return env as Record<string, string>;
}
