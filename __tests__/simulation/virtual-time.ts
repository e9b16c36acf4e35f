import type { Clock } from "../../functions/runtime/clock";

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly action: () => void;
}

/** The real ones, kept before anybody puts virtual time in their place. */
const real = { Date: globalThis.Date, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
const turnOfTheEventLoop = globalThis.setImmediate;

/** More timers than this in one instant are a loop that waits for nothing. */
const MOST_IN_ONE_INSTANT = 10_000;

/**
 * Virtual time: it passes only when everything that runs has come to rest, and then jumps to the next timer. Any
 * number of runs may share it. Nothing sleeps for real.
 */
export class VirtualTime implements Clock {
  private readonly timers: Timer[] = [];
  private lastId = 0;
  private inThisInstant = 0;

  /** @param instant ms since the epoch. */
  constructor(private instant: number) {}

  now(): number {
    return this.instant;
  }

  async waitUntil(instant: number): Promise<void> {
    if (instant > this.instant) await new Promise<void>((resolve) => this.at(instant, resolve));
  }

  pause(ms: number): Promise<void> {
    return this.waitUntil(this.instant + ms);
  }

  /** Lets `action` happen at `instant`, at the earliest now; timers of one instant go in the order they were set. */
  at(instant: number, action: () => void): number {
    const timer = { id: ++this.lastId, at: Math.max(instant, this.instant), action };
    const later = this.timers.findIndex((other) => other.at > timer.at);
    this.timers.splice(later === -1 ? this.timers.length : later, 0, timer);
    return timer.id;
  }

  cancel(id: number | undefined): void {
    const place = this.timers.findIndex((timer) => timer.id === id);
    if (place !== -1) this.timers.splice(place, 1);
  }

  /** Lets time pass until `end`, with all that happens in it. */
  async passUntil(end: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => turnOfTheEventLoop(resolve));
      const next = this.timers[0];
      if (!next || next.at > end) break;
      this.passTo(next);
    }
    this.instant = Math.max(this.instant, end);
  }

  /**
   * Lets time pass until `work` is done.
   *
   * @throws Error where no timer is left and the work is still not done.
   */
  async passUntilDone<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const settle = () => {
      done = true;
    };
    work.then(settle, settle);
    for (;;) {
      await new Promise((resolve) => turnOfTheEventLoop(resolve));
      if (done) return work;
      const next = this.timers[0];
      if (!next) throw new Error("nothing is left to wait for, and the work is not done");
      this.passTo(next);
    }
  }

  private passTo(next: Timer): void {
    this.inThisInstant = next.at === this.instant ? this.inThisInstant + 1 : 0;
    if (this.inThisInstant > MOST_IN_ONE_INSTANT)
      throw new Error("time stands still: something waits for no time at all");
    this.timers.shift();
    this.instant = next.at;
    next.action();
  }
}

/**
 * Puts virtual time in the place of the global timers and Date, for code that takes no clock.
 *
 * @returns what puts the real ones back.
 */
export function installAsGlobalTime(time: VirtualTime): () => void {
  class VirtualDate extends real.Date {
    constructor(...parts: ConstructorParameters<typeof Date> | []) {
      super(...((parts.length === 0 ? [time.now()] : parts) as ConstructorParameters<typeof Date>));
    }
    static override now(): number {
      return time.now();
    }
  }
  Object.assign(globalThis, {
    Date: VirtualDate,
    setTimeout: (action: () => void, ms = 0) => time.at(time.now() + Math.max(1, ms), action),
    clearTimeout: (id: number | undefined) => time.cancel(id),
  });
  return () => Object.assign(globalThis, real);
}
