import type { FollowClock } from "../../../cli/start/follow";

/** A clock whose time passes only when everything else has come to rest: then it jumps to the next timer. */
export class VirtualClock implements FollowClock {
  private readonly timers: { at: number; wake: () => void }[] = [];

  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  waitUntil(instant: number): Promise<void> {
    return new Promise((wake) => this.timers.push({ at: instant, wake }));
  }

  /** Lets time pass until `work` is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    finished.catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done) return finished;
      this.timers.sort((a, b) => a.at - b.at);
      const timer = this.timers.shift();
      if (!timer) throw new Error("nothing is left to wait for, and the work is not done");
      this.time = Math.max(this.time, timer.at);
      timer.wake();
    }
  }
}
