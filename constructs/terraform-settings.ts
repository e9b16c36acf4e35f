import { ArchiveProvider } from "@cdktf/provider-archive/lib/provider";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Backend, type TerraformStack } from "cdktf";
import { PROJECT, stateKey } from "./naming";

/** The bucket that holds an environment's state. */
export interface StateBucket {
  readonly bucket: string;
  readonly region: string;
  /** Id or ARN. @default the bucket's own encryption (SSE-S3) */
  readonly kmsKeyId?: string;
  /** The bucket that gets its access logs. @default none */
  readonly accessLogBucket?: string;
}

export interface TerraformSettings {
  /** Name of the environment, for the tag. */
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  readonly backend: StateBucket;
  /** Version constraint of hashicorp/aws, such as `6.66.0` for exactly that release. */
  readonly awsProviderVersion: string;
  /** In addition to Project and Environment. @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /** URL of an embedded AWS. @default AWS */
  readonly endpoint?: string;
}

/** `use_lockfile` arrived in Terraform 1.10. */
const TERRAFORM_VERSION = ">= 1.10.0";

/** The newest version that @cdktf/provider-archive 11.0.1 was made for. */
const ARCHIVE_VERSION = "2.7.1";

/** Services the stacks and the provider itself speak to. */
const SERVICES = [
  "cloudwatch",
  "dynamodb",
  "events",
  "iam",
  "lambda",
  "logs",
  "s3",
  "sfn",
  "sns",
  "sqs",
  "sts",
] as const;

/** Gives a stack the AWS provider, for one account and region only. */
export function useAws(stack: TerraformStack, settings: TerraformSettings): void {
  const { environment, account, region, endpoint, awsProviderVersion } = settings;
  stack.addOverride("terraform.required_version", TERRAFORM_VERSION);
  new AwsProvider(stack, "aws", {
    region,
    allowedAccountIds: [account],
    defaultTags: [{ tags: { ...settings.tags, Project: PROJECT, Environment: environment } }],
    ...(endpoint && {
      s3UsePathStyle: true,
      skipMetadataApiCheck: "true",
      endpoints: [Object.fromEntries(SERVICES.map((service) => [service, endpoint]))],
    }),
  });
  // The bindings would ask for the release that they were generated from.
  stack.addOverride("terraform.required_providers.aws.version", awsProviderVersion);
}

/** Gives a stack the archive provider, in one version: another could zip the same files to other bytes. */
export function useArchive(stack: TerraformStack): void {
  new ArchiveProvider(stack, "archive");
  stack.addOverride("terraform.required_providers.archive.version", ARCHIVE_VERSION);
}

/** Puts a stack's state into the environment's bucket, locked while it is in use, under a key of its own. */
export function useRemoteState(stack: TerraformStack, { account, endpoint, backend }: TerraformSettings): void {
  const s3 = new S3Backend(stack, {
    bucket: backend.bucket,
    key: stateKey(stack.node.id),
    region: backend.region,
    encrypt: true,
    kmsKeyId: backend.kmsKeyId,
    allowedAccountIds: [account],
    ...(endpoint && {
      usePathStyle: true,
      skipMetadataApiCheck: true,
      endpoints: { s3: endpoint, sts: endpoint, iam: endpoint },
    }),
  });
  // cdktf 0.21 has no property for it.
  s3.addOverride("use_lockfile", true);
}
