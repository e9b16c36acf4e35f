/** The path of the first part of a value that JSON cannot carry; undefined where it can carry all of it. */
export function notJson(value: unknown, at: readonly PropertyKey[] = []): readonly PropertyKey[] | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : at;
  if (Array.isArray(value)) {
    return value.map((part, k) => notJson(part, [...at, k])).find((path) => path !== undefined);
  }
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return at;
  return Object.entries(value)
    .map(([key, part]) => notJson(part, [...at, key]))
    .find((path) => path !== undefined);
}

/** The length of a value as JSON, in bytes; 0 where it is none. */
export function jsonBytes(value: unknown): number {
  return value === undefined || notJson(value) ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/** The length of a value's JSON as a text inside of JSON, in bytes; 0 where it is none. */
export function jsonTextBytes(value: unknown): number {
  return value === undefined || notJson(value) ? 0 : jsonBytes(JSON.stringify(value));
}
