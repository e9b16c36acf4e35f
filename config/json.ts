/**
 * The path of the first part of a value that JSON cannot carry; undefined if it can carry the whole value. Zod's own
 * `z.json()` does not say which part it is.
 */
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
