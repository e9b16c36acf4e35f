import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { EnvironmentConfig } from "../../config/schema";
import { environment, KEY } from "../config/examples";
import { synthesize } from "../synthesis";
import { statements, type Template } from "../template";

const BUCKET = { bucket: "metronome-state-111111111111" };

const synthesizeState = (backend: EnvironmentConfig["backend"] = BUCKET, bootstrap = false) =>
  synthesize({ dev: environment({ backend }) }, { bootstrap })["metronome-state-dev"] as Template;

const template = synthesizeState();
const bucket = "${" + "aws_s3_bucket.bucket.bucket}";

test("the bucket is the backend's, and cannot be destroyed by accident", () => {
  expect(template.text).toHaveResourceWithProperties(S3Bucket, { ...BUCKET, lifecycle: { prevent_destroy: true } });
  expect(template.resource("aws_s3_bucket")).not.toHaveProperty("force_destroy");
});

test("it keeps versions, and old ones for 90 days", () => {
  expect(template.text).toHaveResourceWithProperties(S3BucketVersioningA, {
    versioning_configuration: { status: "Enabled" },
  });
  expect(template.text).toHaveResourceWithProperties(S3BucketLifecycleConfiguration, {
    rule: [
      {
        id: "expire-old-versions",
        status: "Enabled",
        filter: [{ prefix: "" }],
        noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        expiration: [{ expired_object_delete_marker: true }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
    ],
    // S3 refuses a rule for old versions where there are none yet.
    depends_on: ["aws_s3_bucket_versioning.versioning"],
  });
});

test("S3 encrypts it by itself: a resource that repeats the default would differ from what S3 answers", () => {
  expect(template.text).not.toContain("aws_s3_bucket_server_side_encryption_configuration");
});

test("it is encrypted by the environment's key, if there is one", () => {
  const withKey = synthesizeState({ ...BUCKET, kmsKeyId: KEY });
  expect(withKey.resource("aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
    {
      apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: KEY },
      bucket_key_enabled: true,
    },
  ]);
});

test("nothing in it can become public", () => {
  expect(template.text).toHaveResourceWithProperties(S3BucketPublicAccessBlock, {
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
});

test("it is reached by TLS only", () => {
  const { policy, depends_on } = template.resource("aws_s3_bucket_policy");
  expect(statements(policy)).toEqual([
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["${" + "aws_s3_bucket.bucket.arn}", "${" + "aws_s3_bucket.bucket.arn}/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
  // At the same time as the block, S3 may refuse the policy for a conflict.
  expect(depends_on).toEqual(["aws_s3_bucket_public_access_block.public-access-block"]);
});

test("all of it is of this bucket", () => {
  const settings = synthesizeState({ ...BUCKET, kmsKeyId: KEY })
    .entries()
    .filter(([address]) => !address.startsWith("aws_s3_bucket.bucket"));
  expect(settings).toHaveLength(5);
  for (const [address, values] of settings) {
    expect([address, String(values.bucket).replace(/\.id\}$/, ".bucket}")]).toEqual([address, bucket]);
  }
});

test("it is made where the backend looks for it", () => {
  const elsewhere = synthesizeState({ ...BUCKET, region: "us-east-1" });
  expect(elsewhere.json.provider?.aws?.[0]?.region).toBe("us-east-1");
  expect(elsewhere.json.terraform.backend).toEqual({ s3: expect.objectContaining({ region: "us-east-1" }) });
});

test("its own state is in it too, under a key of its own", () => {
  expect(template.json.terraform.backend).toEqual({
    s3: expect.objectContaining({ ...BUCKET, key: "metronome-state-dev/terraform.tfstate", use_lockfile: true }),
  });
});

test("until it exists, its state is in a file of the project", () => {
  expect(synthesizeState(BUCKET, true).json.terraform.backend).toEqual({
    local: { path: "../../../metronome-state-dev.bootstrap.tfstate" },
  });
});

test("clocks never have a local state, not while the buckets are made either", () => {
  const clock = synthesize({ dev: environment() }, { bootstrap: true })["metronome-dev"];
  expect(clock?.json.terraform.backend).toEqual({ s3: expect.objectContaining(BUCKET) });
});
