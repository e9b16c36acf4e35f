import { createHash } from "node:crypto";

/** SHA-256 in hex. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 in Base64, as Terraform's `filebase64sha256` and Lambda's `CodeSha256` have it. */
export function base64Sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("base64");
}

/** A value as JSON with its keys in order, so that equal values give equal text, in whatever order they were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isObject(part) ? sorted(part) : part)) ?? "null";
}

/** Fingerprint of a value: SHA-256 of its canonical JSON. */
export function fingerprint(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** Fingerprints of the fields of an object; a field that is undefined counts as not there. */
export function fingerprints(value: object): Record<string, string> {
  const present = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(present.map(([name, field]) => [name, fingerprint(field)]));
}

/** The names under which two maps of fingerprints differ, in order. */
export function differing(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).sort();
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
