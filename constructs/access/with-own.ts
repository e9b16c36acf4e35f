import type { Allow } from "../policy";

/**
 * The statements that all clocks share, with those of the strategies. A strategy's statement becomes part of one that
 * has the same actions or the same resources. The others stand between `before` and `after`.
 */
export function withOwn(before: readonly Allow[], own: readonly Allow[], after: readonly Allow[]): Allow[] {
  const shared = [...before, ...after];
  const additional: Allow[] = [];
  for (const one of own) {
    const list = shared.some((other) => joins(one, other)) ? shared : additional;
    const k = list.findIndex((other) => joins(one, other));
    const other = list[k];
    if (other) list[k] = union(other, one);
    else list.push(one);
  }
  return [...shared.slice(0, before.length), ...additional, ...shared.slice(before.length)];
}

function joins(a: Allow, b: Allow): boolean {
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return same(a.condition, b.condition) && (same(a.actions, b.actions) || same(a.resources, b.resources));
}

function union(a: Allow, b: Allow): Allow {
  return {
    ...a,
    actions: [...new Set([...a.actions, ...b.actions])],
    resources: [...new Set([...a.resources, ...b.resources])],
  };
}
