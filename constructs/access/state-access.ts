import { arn, partitionArn, viaService } from "../arn";
import { stackId, stateKey } from "../naming";
import type { Allow } from "../policy";
import type { StateBucket } from "../terraform-settings";
import type { EnvironmentPlace } from "./managed-arns";

/** An environment, and the bucket of its state. */
export interface StatePlace extends EnvironmentPlace {
  readonly backend: StateBucket;
}

/** The prefix of other workspaces' states: Terraform's S3 backend lists it whenever it starts. */
const WORKSPACES = "env:/";

/** What planning takes: the clock's state, read, and its lock, held meanwhile. No other object of the bucket. */
export function readState(place: StatePlace): Allow[] {
  const { bucket, state, lock } = stateArns(place);
  return [
    {
      // Versions, to tell a state that was lost from one that never was.
      actions: ["s3:ListBucket", "s3:ListBucketVersions"],
      resources: [bucket],
      // If the key exists: S3 also checks this action, without a prefix, before it answers that an object does not exist.
      condition: { StringEqualsIfExists: { "s3:prefix": [WORKSPACES, stateKey(stackId(place.environment))] } },
    },
    { actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [state] },
    { actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resources: [lock] },
    ...keyAccess(place),
  ];
}

/** What deploying takes in addition: to write the state, but not to delete it. */
export function writeState(place: StatePlace): Allow[] {
  return [{ actions: ["s3:PutObject"], resources: [stateArns(place).state] }];
}

function stateArns({ environment, region, backend }: StatePlace) {
  const bucket = partitionArn("s3", region, backend.bucket);
  const state = `${bucket}/${stateKey(stackId(environment))}`;
  return { bucket, state, lock: `${state}.tflock` };
}

/**
 * Of the key, the two actions that S3 asks for when it reads and writes objects: in S3 alone, and for these objects alone. S3
 * gives KMS the object's ARN as the encryption context, or the bucket's if the bucket has a key of its own (Amazon S3 User
 * Guide, "Using server-side encryption with AWS KMS keys").
 */
function keyAccess(place: StatePlace): Allow[] {
  const { account, backend } = place;
  if (!backend.kmsKeyId) return [];
  const { bucket, state, lock } = stateArns(place);
  const key = backend.kmsKeyId.startsWith("arn:")
    ? backend.kmsKeyId
    : arn("kms", backend.region, account, `key/${backend.kmsKeyId}`);
  return [
    {
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [key],
      condition: {
        StringEquals: {
          "kms:ViaService": viaService("s3", backend.region),
          "kms:EncryptionContext:aws:s3:arn": [bucket, state, lock],
        },
      },
    },
  ];
}
