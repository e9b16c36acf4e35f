import { BucketAlreadyOwnedByYou, CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { DUMMY_CREDENTIALS } from "./aws-environment";

/**
 * Creates the bucket of a local environment's state, versioned, where it is not there. On AWS the stack
 * `metronome-state-<env>` does it; here the bucket lives as long as the emulator, and its lifecycle rule alone would
 * take Terraform 55 s.
 */
export async function createStateBucket(bucket: string, region: string, endpoint: string): Promise<void> {
  const client = new S3Client({
    region,
    endpoint,
    forcePathStyle: true,
    credentials: DUMMY_CREDENTIALS,
  });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
  client.destroy();
}
