import type { Json } from "../schedule/tick";

/**
 * JSON text with every character beyond ASCII as `\uXXXX`: the same value, which Terraform, a shell and a terminal pass on
 * unchanged. Terraform normalizes text to NFC, so a payload in its raw characters could arrive as other characters.
 */
export function asciiJson(json: string): string {
  // In JSON such a character stands inside of texts only. Without the flag "u" each half of a pair is one match.
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The length of a value as JSON, in bytes. */
export function jsonBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The length of a value as ASCII JSON, in bytes. */
export function asciiJsonBytes(value: Json): number {
  return asciiJson(JSON.stringify(value)).length;
}
