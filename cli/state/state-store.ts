import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ServiceException,
} from "@aws-sdk/client-s3";
import { emulatorCredentials } from "../../emulator/access-key";
import type { StateLocation } from "./location";
import { type HeldLock, readLock } from "./lock";
import type { StoredVersion, VersionEntry } from "./versions";

/** Versions read at a time. */
const AT_A_TIME = 10;

/** 412: the object is another one. 409: another process is writing it at this moment. */
const CONFLICTS = [409, 412];

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
      ...(endpoint && { endpoint, forcePathStyle: true, credentials: emulatorCredentials(endpoint) }),
    });
    this.common = { Bucket: bucket, ExpectedBucketOwner: account };
    this.lockKey = `${key}.tflock`;
  }

  /** All versions, newest first. @throws StoreError */
  async list(): Promise<VersionEntry[]> {
    const found: VersionEntry[] = [];
    let page: ListObjectVersionsCommandOutput | undefined;
    do {
      const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page ?? {};
      const next = new ListObjectVersionsCommand({
        ...this.common,
        Prefix: this.location.key,
        KeyMarker,
        VersionIdMarker,
      });
      page = await this.answer(this.client.send(next));
      const markers = (page?.DeleteMarkers ?? []).map((marker) => ({ ...marker, Size: undefined }));
      for (const { Key, VersionId, IsLatest, LastModified, Size } of [...(page?.Versions ?? []), ...markers]) {
        if (Key !== this.location.key || !VersionId) continue;
        found.push({ id: VersionId, writtenAt: LastModified?.getTime() ?? 0, isLatest: IsLatest === true, size: Size });
      }
    } while (page?.IsTruncated);
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

  /**
   * Writes a new version of the state.
   *
   * @param etag that of the version that it replaces; undefined if the state is deleted. S3 refuses the write if the
   * state is another version by now.
   * @returns the new version's id.
   * @throws StoreError
   */
  async write(text: string, etag: string | undefined): Promise<string> {
    const put = this.put(this.location.key, text, etag ? { IfMatch: etag } : { IfNoneMatch: "*" });
    return (await this.answer(put))?.VersionId ?? "unknown";
  }

  /** The lock that is held; undefined if the state is not locked. @throws StoreError */
  async lock(): Promise<HeldLock | undefined> {
    const object = await this.get(this.lockKey);
    return object && readLock(object.text, object.etag, object.writtenAt);
  }

  /**
   * Takes the lock as Terraform does: by creating its object, which only one process can.
   *
   * @returns its ETag; undefined if it is held.
   * @throws StoreError
   */
  async takeLock(text: string): Promise<string | undefined> {
    return (await this.answer(this.put(this.lockKey, text, { IfNoneMatch: "*" }), CONFLICTS))?.ETag;
  }

  /** Deletes the lock object with this ETag, and no other. @throws StoreError */
  async releaseLock(etag: string): Promise<void> {
    const remove = new DeleteObjectCommand({ ...this.common, Key: this.lockKey, IfMatch: etag });
    // If another command has released or taken the lock, it is no longer ours.
    await this.answer(this.client.send(remove), [404, ...CONFLICTS]);
  }

  close(): void {
    this.client.destroy();
  }

  private async readOne(entry: VersionEntry): Promise<StoredVersion> {
    if (entry.size === undefined) return { ...entry, deleted: true };
    const object = await this.get(this.location.key, entry.id);
    // A version that has expired since it was listed has no text.
    return { ...entry, text: object?.text ?? "", etag: object?.etag };
  }

  private async get(Key: string, VersionId?: string) {
    const get = new GetObjectCommand({ ...this.common, Key, VersionId });
    const object = await this.answer(this.client.send(get), ["NoSuchKey", "NoSuchVersion"]);
    if (!object) return undefined;
    const text = (await object.Body?.transformToString()) ?? "";
    return { text, etag: object.ETag ?? "", writtenAt: object.LastModified?.getTime() ?? 0 };
  }

  /** Writes an object with the backend's encryption. */
  private put(Key: string, Body: string, condition: Pick<PutObjectCommandInput, "IfMatch" | "IfNoneMatch">) {
    const { kmsKeyId: SSEKMSKeyId } = this.location;
    const ServerSideEncryption = SSEKMSKeyId ? "aws:kms" : "AES256";
    const object = { Key, Body, ContentType: "application/json", ServerSideEncryption, SSEKMSKeyId } as const;
    return this.client.send(new PutObjectCommand({ ...this.common, ...object, ...condition }));
  }

  /**
   * Waits for S3's answer.
   *
   * @param refusals names and status codes of errors that are an answer too: undefined.
   * @throws StoreError for any other error.
   */
  private async answer<T>(call: Promise<T>, refusals: readonly (string | number)[] = []): Promise<T | undefined> {
    try {
      return await call;
    } catch (error) {
      const { name, $metadata } = error as Partial<S3ServiceException>;
      if (refusals.includes(name ?? "") || refusals.includes($metadata?.httpStatusCode ?? 0)) return undefined;
      throw new StoreError(explained(error as S3ServiceException, this.location), { cause: error });
    }
  }
}

/** The state bucket could not be used. The message says why and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** An error of the SDK in this project's words. */
function explained(
  { name, message, $metadata }: S3ServiceException,
  { bucket, account, endpoint, environment }: StateLocation,
): string {
  const status = $metadata?.httpStatusCode ?? 0;
  if (name === "NoSuchBucket") {
    return `the state bucket "${bucket}" does not exist. Is this environment deployed? docs/operations.md has the first deployment.`;
  }
  if (status === 403) {
    return `S3 refused it (${name}: ${message}). Use credentials of account ${account}, which must own the bucket "${bucket}", with the rights that docs/state.md names.`;
  }
  if (CONFLICTS.includes(status)) {
    return "another command has changed the state in the meantime. It is left as it is. Look again.";
  }
  if (name === "CredentialsProviderError" || name === "ExpiredToken") {
    return `there are no valid AWS credentials (${message}). Log in to account ${account} and try again.`;
  }
  if (endpoint && /ECONNREFUSED|fetch failed|socket/i.test(`${name} ${message}`)) {
    return `the embedded AWS does not answer at ${endpoint}. npm start -- --keep starts it; set the variables that it prints.`;
  }
  return `the state of ${environment} cannot be reached (${name}: ${message}).`;
}
