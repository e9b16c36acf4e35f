import type { Burst } from "../../schedule/bursts";

/**
 * Reads a burst out of a message's body.
 *
 * @throws TypeError if it is none; the message then ends in the failure queue.
 */
export function readBurst(body: string): Burst {
  let value: Partial<Record<keyof Burst, unknown>> | null;
  try {
    value = JSON.parse(body);
  } catch {
    value = null;
  }
  const { from, to, shard, of, slots, overdue } = value ?? {};
  const isWhole = (one: unknown): one is number => Number.isSafeInteger(one) && (one as number) >= 0;
  const isDivided = slots === undefined || (isWhole(slots) && isWhole(of) && slots >= of && slots % of === 0);
  if (isWhole(from) && isWhole(to) && isWhole(shard) && isWhole(of) && from <= to && shard < of && isDivided) {
    return { from, to, shard, of, ...(isWhole(slots) && { slots }), ...(overdue === true && { overdue }) };
  }
  throw new TypeError(`the message is not a burst: ${JSON.stringify(body.slice(0, 200))}`);
}
