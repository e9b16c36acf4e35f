import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { LocalBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { policyText, tlsOnly } from "../constructs/policy";
import { type TerraformSettings, useAws, useRemoteState } from "../constructs/terraform-settings";

export interface StateBackendStackProps extends TerraformSettings {
  /**
   * Whether the bucket is yet to be created, so that this stack's own state cannot be in it: it is then kept in a file
   * of the project directory, and moved into the bucket by the next deploy (docs/operations.md).
   * @default false
   */
  readonly bootstrap?: boolean;
}

/** Days that superseded versions of a state are kept: time enough to notice a damaged one. */
const OLD_VERSIONS_KEPT_DAYS = 90;

/** The bucket that holds an environment's Terraform state: versioned, encrypted, private, and reached by TLS only. */
export class StateBackendStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: StateBackendStackProps) {
    super(scope, id);
    // The bucket's region, in which the backend looks for it.
    useAws(this, { ...props, region: props.backend.region });
    if (props.bootstrap) new LocalBackend(this, { path: `../../../${id}.bootstrap.tfstate` });
    else useRemoteState(this, props);

    const bucket = new S3Bucket(this, "bucket", {
      bucket: props.backend.bucket,
      lifecycle: { preventDestroy: true },
    });
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    // Without a key, S3 encrypts by itself (SSE-S3, since January 2023: S3 user guide, "default encryption FAQ").
    if (props.backend.kmsKeyId) {
      new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
        bucket: bucket.id,
        rule: [
          {
            bucketKeyEnabled: true,
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: props.backend.kmsKeyId },
          },
        ],
      });
    }
    const { accessLogBucket } = props.backend;
    if (accessLogBucket) {
      new S3BucketLoggingA(this, "access-logs", {
        bucket: bucket.id,
        targetBucket: accessLogBucket,
        targetPrefix: `${props.backend.bucket}/`,
      });
    }
    const privacy = new S3BucketPublicAccessBlock(this, "public-access-block", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketPolicy(this, "tls-only", {
      bucket: bucket.id,
      policy: policyText(tlsOnly("s3:*", [bucket.arn, `${bucket.arn}/*`])),
      dependsOn: [privacy],
    });
    new S3BucketLifecycleConfiguration(this, "old-versions", {
      bucket: bucket.id,
      rule: [
        {
          id: "expire-old-versions",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSIONS_KEPT_DAYS }],
          expiration: [{ expiredObjectDeleteMarker: true }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      dependsOn: [versioning],
    });
  }
}
