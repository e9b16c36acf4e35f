import type { Json } from "../schedule/tick";

/** The length of a value as JSON, in bytes. */
export function jsonBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}
