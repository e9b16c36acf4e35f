import { firstAfter, firstAtOrAfter, type Grid } from "./grid";

/** A schedule and one instant of its grid, in ms since the epoch. */
export interface Upcoming<S extends Grid> {
  readonly schedule: S;
  readonly at: number;
}

/** A schedule in the heap: its next instant, and its place in the order of the schedules. */
interface Next<S extends Grid> {
  readonly schedule: S;
  readonly place: number;
  at: number;
}

/**
 * The instants of all schedules' grids, merged in order of time, without an end unless no instant of a schedule with hours is left; at one instant in the order of the
 * schedules. Only what is asked for is computed.
 *
 * @param from ms since the epoch: the first instants are at or after it.
 */
export function* upcomingOf<S extends Grid>(schedules: readonly S[], from: number): Generator<Upcoming<S>> {
  // A sorted list is a heap.
  const heap = schedules
    .map((schedule, place): Next<S> => ({ schedule, place, at: firstAtOrAfter(schedule, from) }))
    .sort((a, b) => (isBefore(a, b) ? -1 : 1));
  for (let first = heap[0]; first && first.at < Number.POSITIVE_INFINITY; first = heap[0]) {
    yield { schedule: first.schedule, at: first.at };
    first.at = firstAfter(first.schedule, first.at);
    sink(heap);
  }
}

function isBefore<S extends Grid>(a: Next<S>, b: Next<S>): boolean {
  return a.at < b.at || (a.at === b.at && a.place < b.place);
}

/** Moves the first of a heap down to where it belongs. */
function sink<S extends Grid>(heap: Next<S>[]): void {
  const sinking = heap[0] as Next<S>;
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    const [left, right] = [heap[child], heap[child + 1]];
    if (left && right && isBefore(right, left)) child++;
    const least = heap[child];
    if (!least || isBefore(sinking, least)) break;
    heap[hole] = least;
    hole = child;
  }
  heap[hole] = sinking;
}
