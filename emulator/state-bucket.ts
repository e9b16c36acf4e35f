import { BucketAlreadyOwnedByYou, CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { emulatorCredentials } from "./access-key";

/**
 * Creates the versioned bucket of a local environment's state, if it does not exist. On AWS the stack
 * `metronome-state-<env>` does it. Here the bucket lives as long as the emulator, and Terraform would take 55 s for its
 * lifecycle rule alone.
 */
export async function createStateBucket(bucket: string, region: string, endpoint: string): Promise<void> {
  const client = embeddedS3(endpoint, region);
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
  client.destroy();
}

/** A client of the embedded AWS's S3, which serves buckets by path. The caller ends it (`destroy`). */
export function embeddedS3(endpoint: string, region: string): S3Client {
  return new S3Client({ endpoint, region, forcePathStyle: true, credentials: emulatorCredentials(endpoint) });
}
