/** A number of minutes in words. */
export function minutes(n: number): string {
  return `${n} ${n === 1 ? "minute" : "minutes"}`;
}

/** Collects what differs between two settings, such as `horizon 3 → 4`. */
export function differencesOf(values: Readonly<Record<string, readonly [before: string, after: string]>>): string[] {
  return Object.entries(values).flatMap(([what, [before, after]]) =>
    before === after ? [] : [`${what} ${before} → ${after}`],
  );
}
