import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";

/** First bytes of a sealed file: what it is, and the version of its form. */
const MAGIC = Buffer.from("metronome-seal\n1\n", "latin1");
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = MAGIC.length + SALT_BYTES + IV_BYTES;

/** scrypt with 32 MiB and about 0.1 s, so that guessing a weak key is slow (RFC 7914; N doubled from its interactive example). */
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;

/** The shortest key that is taken, in characters. */
const SHORTEST_KEY = 24;

/** A key that cannot be used, or a file that cannot be opened with it. */
export class SealError extends Error {
  override readonly name = "SealError";
}

/**
 * Encrypts and authenticates bytes: AES-256-GCM, its key derived by scrypt from the secret and a salt of the file's own.
 * The header (form, salt, nonce) is authenticated too.
 *
 * @param secret the environment's plan key.
 * @param random makes n random bytes. @default Node.js's
 * @throws SealError where the secret is missing or too short.
 */
export function seal(bytes: Buffer, secret: string | undefined, random: (n: number) => Buffer = randomBytes): Buffer {
  const checked = checkedSecret(secret);
  const salt = random(SALT_BYTES);
  const iv = random(IV_BYTES);
  const header = Buffer.concat([MAGIC, salt, iv]);
  const cipher = createCipheriv("aes-256-gcm", keyOf(checked, salt), iv).setAAD(header);
  const sealed = [cipher.update(bytes), cipher.final()];
  return Buffer.concat([header, ...sealed, cipher.getAuthTag()]);
}

/**
 * The bytes of a sealed file; none at all unless every one of them is as it was sealed.
 *
 * @throws SealError where the secret is missing, another or too short, and where the file is none, of another version,
 *   cut or altered.
 */
export function unseal(file: Buffer, secret: string | undefined): Buffer {
  const checked = checkedSecret(secret);
  if (file.length < HEADER_BYTES + TAG_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new SealError("this is not a sealed plan of this version, or it is cut. Plan again, and download it whole.");
  }
  const header = file.subarray(0, HEADER_BYTES);
  const salt = header.subarray(MAGIC.length, MAGIC.length + SALT_BYTES);
  const iv = header.subarray(MAGIC.length + SALT_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", keyOf(checked, salt), iv, { authTagLength: TAG_BYTES })
    .setAAD(header)
    .setAuthTag(file.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(file.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealError(
      "the sealed plan cannot be opened: METRONOME_PLAN_KEY is not the key it was sealed with, or the file was altered. " +
        "Give the GitHub environments <env> and <env>-plan the same key, and plan again.",
    );
  }
}

function checkedSecret(secret: string | undefined): string {
  const remedy = "Make one with `openssl rand -base64 32`, and set it as the secret METRONOME_PLAN_KEY (docs/ci.md).";
  if (!secret) throw new SealError(`METRONOME_PLAN_KEY is not set: plans are sealed with it. ${remedy}`);
  if (secret.length < SHORTEST_KEY) {
    throw new SealError(
      `METRONOME_PLAN_KEY has ${secret.length} characters, fewer than ${SHORTEST_KEY}: it could be guessed. ${remedy}`,
    );
  }
  return secret;
}

const keyOf = (secret: string, salt: Buffer) => scryptSync(secret.normalize("NFC"), salt, 32, SCRYPT);
