import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  S3Client,
  type S3ServiceException,
} from "@aws-sdk/client-s3";
import { DUMMY_CREDENTIALS } from "../../emulator/aws-environment";
import type { StateLocation } from "./location";
import { type HeldLock, readLock } from "./lock";
import type { StoredVersion } from "./versions";

/** A place in the list of versions, without what was written. */
export interface VersionEntry {
  readonly id: string;
  /** Epoch ms. */
  readonly writtenAt: number;
  readonly isLatest: boolean;
  /** Bytes; absent for a delete marker. */
  readonly size?: number;
}

/** Versions read at a time. */
const AT_A_TIME = 10;

/**
 * The object of a stack's state and that of its lock, in the state bucket. Every call names the environment's account
 * as the bucket's owner: with other credentials, or a bucket of that name in another account, S3 refuses it.
 */
export class StateStore {
  private readonly client: S3Client;
  private readonly common: { readonly Bucket: string; readonly ExpectedBucketOwner: string };
  private readonly lockKey: string;

  constructor(readonly location: StateLocation) {
    const { bucket, bucketRegion, account, endpoint, key } = location;
    this.client = new S3Client({
      region: bucketRegion,
      ...(endpoint && { endpoint, forcePathStyle: true, credentials: DUMMY_CREDENTIALS }),
    });
    this.common = { Bucket: bucket, ExpectedBucketOwner: account };
    this.lockKey = `${key}.tflock`;
  }

  /** All versions, newest first. @throws StoreError */
  async list(): Promise<VersionEntry[]> {
    const found: VersionEntry[] = [];
    let page: ListObjectVersionsCommandOutput | undefined;
    do {
      page = await this.explaining(
        this.client.send(
          new ListObjectVersionsCommand({
            ...this.common,
            Prefix: this.location.key,
            KeyMarker: page?.NextKeyMarker,
            VersionIdMarker: page?.NextVersionIdMarker,
          }),
        ),
      );
      for (const { Key, VersionId, IsLatest, LastModified, Size } of [
        ...(page.Versions ?? []),
        ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, Size: undefined })),
      ]) {
        if (Key !== this.location.key || !VersionId) continue;
        found.push({ id: VersionId, writtenAt: LastModified?.getTime() ?? 0, isLatest: IsLatest === true, size: Size });
      }
    } while (page.IsTruncated);
    return found.sort((a, b) => Number(b.isLatest) - Number(a.isLatest) || b.writtenAt - a.writtenAt);
  }

  /** Reads versions, in their order. @throws StoreError */
  async read(entries: readonly VersionEntry[]): Promise<StoredVersion[]> {
    const versions: StoredVersion[] = [];
    for (let from = 0; from < entries.length; from += AT_A_TIME) {
      versions.push(...(await Promise.all(entries.slice(from, from + AT_A_TIME).map((entry) => this.readOne(entry)))));
    }
    return versions;
  }

  /** The state's text as Terraform would read it now; undefined if there is no state. @throws StoreError */
  async current(): Promise<string | undefined> {
    return (await this.get(this.location.key))?.text;
  }

  /**
   * Writes a new version of the state.
   *
   * @param before the version that it replaces, as it was last read; undefined if the state is deleted. S3 refuses the
   * write if the state is another version by now.
   * @returns the new version's id.
   * @throws StoreError
   */
  async write(text: string, before: StoredVersion | undefined): Promise<string> {
    const there = before && !("deleted" in before) ? (await this.get(this.location.key, before.id))?.etag : undefined;
    const { VersionId } = await this.explaining(
      this.client.send(
        new PutObjectCommand({
          ...this.common,
          ...this.encryption(),
          Key: this.location.key,
          Body: text,
          ContentType: "application/json",
          ...(there ? { IfMatch: there } : { IfNoneMatch: "*" }),
        }),
      ),
    );
    return VersionId ?? "unknown";
  }

  /** The lock that is held; undefined if the state is not locked. @throws StoreError */
  async lock(): Promise<HeldLock | undefined> {
    const object = await this.get(this.lockKey);
    return object && readLock(object);
  }

  /**
   * Takes the lock as Terraform does: by creating its object, which only one process can.
   *
   * @returns its ETag; undefined if it is held.
   * @throws StoreError
   */
  async takeLock(text: string): Promise<string | undefined> {
    const put = new PutObjectCommand({
      ...this.common,
      ...this.encryption(),
      Key: this.lockKey,
      Body: text,
      ContentType: "application/json",
      IfNoneMatch: "*",
    });
    try {
      return (await this.client.send(put)).ETag;
    } catch (error) {
      // 412: it exists. 409: another process is creating it at this moment.
      if ([409, 412].includes(statusOf(error))) return undefined;
      throw explained(error, this.location);
    }
  }

  /** Deletes the lock object with this ETag, and no other. @throws StoreError */
  async releaseLock(etag: string): Promise<void> {
    try {
      await this.client.send(new DeleteObjectCommand({ ...this.common, Key: this.lockKey, IfMatch: etag }));
    } catch (error) {
      // Released or taken by another command: then it is no longer ours.
      if (![404, 409, 412].includes(statusOf(error))) throw explained(error, this.location);
    }
  }

  close(): void {
    this.client.destroy();
  }

  private async readOne({ id, writtenAt, isLatest, size }: VersionEntry): Promise<StoredVersion> {
    if (size === undefined) return { id, writtenAt, isLatest, deleted: true };
    const object = await this.get(this.location.key, id);
    // A version that has expired since it was listed has no text.
    return { id, writtenAt, isLatest, text: object?.text ?? "" };
  }

  private async get(Key: string, VersionId?: string) {
    try {
      const object = await this.client.send(new GetObjectCommand({ ...this.common, Key, VersionId }));
      const text = (await object.Body?.transformToString()) ?? "";
      return { text, etag: object.ETag ?? "", writtenAt: object.LastModified?.getTime() ?? 0 };
    } catch (error) {
      if (["NoSuchKey", "NoSuchVersion"].includes((error as Error).name)) return undefined;
      throw explained(error, this.location);
    }
  }

  /** As the backend writes it. */
  private encryption() {
    const { kmsKeyId } = this.location;
    return kmsKeyId
      ? ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId } as const)
      : ({ ServerSideEncryption: "AES256" } as const);
  }

  private async explaining<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw explained(error, this.location);
    }
  }
}

/** The state bucket could not be used. The message says why and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

function statusOf(error: unknown): number {
  return (error as Partial<S3ServiceException>).$metadata?.httpStatusCode ?? 0;
}

/** An error of the SDK in this project's words. */
export function explained(error: unknown, { bucket, account, endpoint, environment }: StateLocation): StoreError {
  const { name, message } = error as Error;
  const cause = { cause: error };
  if (name === "NoSuchBucket") {
    return new StoreError(
      `the state bucket "${bucket}" does not exist. Is this environment deployed? docs/operations.md has the first deployment.`,
      cause,
    );
  }
  if (statusOf(error) === 403) {
    return new StoreError(
      `S3 refused it (${name}: ${message}). Use credentials of account ${account}, which must own the bucket "${bucket}", with the rights that docs/state.md names.`,
      cause,
    );
  }
  if (statusOf(error) === 412 || statusOf(error) === 409) {
    return new StoreError(
      "another command has changed the state in the meantime. It is left as it is. Look again.",
      cause,
    );
  }
  if (name === "CredentialsProviderError" || name === "ExpiredToken") {
    return new StoreError(
      `there are no valid AWS credentials (${message}). Log in to account ${account} and try again.`,
      cause,
    );
  }
  if (endpoint && /ECONNREFUSED|fetch failed|socket/i.test(`${name} ${message}`)) {
    return new StoreError(
      `the embedded AWS does not answer at ${endpoint}. npm start -- --keep starts it; set the variables that it prints.`,
      cause,
    );
  }
  return new StoreError(`the state of ${environment} cannot be reached (${name}: ${message}).`, cause);
}
