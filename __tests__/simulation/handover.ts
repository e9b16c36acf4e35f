import { claimLead } from "../../functions/runtime/handover";
import { MINUTE_MS } from "../../schedule/duration";
import { MINUTE } from "./schedules";
import { type SimulatedRunner, simulatedRunner } from "./simulated-runner";
import { VirtualTime } from "./virtual-time";

/** One firing of a clock's rule, at `firedAt` (ms since the epoch), run to its end. */
export type Firing = (runner: SimulatedRunner, firedAt: number) => Promise<unknown>;

export interface HandoverRun {
  /** What one firing of the clock that is there before, and of the one after, does. */
  readonly before: Firing;
  readonly after: Firing;
  /** When the first deploy has made the old clock retiring, and when the second has destroyed it; ms after MINUTE. */
  readonly beginsMs: number;
  readonly endsMs: number;
  /** Second of its minute at which each clock's rule fires, in ms. */
  readonly phaseMs: number;
  readonly minutes: number;
  /** @default a retiring clock's own; another value shows what it is for */
  readonly standByLeadMs?: number;
}

/**
 * Two clocks on one ledger through a handover, in virtual time. The old one is destroyed as roughly as can be: from
 * that instant on nothing of it goes on, whatever it had claimed.
 *
 * @returns the runner, with everything both of them did.
 */
export async function runHandover(handover: HandoverRun): Promise<SimulatedRunner> {
  const { before, after, beginsMs, endsMs, phaseMs, minutes } = handover;
  const { standByLeadMs = claimLead("retiring") } = handover;
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time, { claimMs: () => 20 });
  const fires = (from: number, to: number, fire: (at: number) => void) => {
    for (let at = from; at < to; at += MINUTE_MS) time.at(MINUTE + at, () => fire(MINUTE + at));
  };
  const old = until(MINUTE + endsMs, runner);
  // After the deploy it stands by.
  const retiring: SimulatedRunner = {
    ...old,
    get claimLeadMs() {
      return time.now() < MINUTE + beginsMs ? claimLead("serving") : standByLeadMs;
    },
  };
  fires(phaseMs, endsMs, (at) => void before(retiring, at));
  // A new rule first fires within a minute.
  fires(beginsMs + phaseMs, minutes * MINUTE_MS, (at) => void after(runner, at));
  await time.passUntil(MINUTE + minutes * MINUTE_MS);
  return runner;
}

/** A runner of which nothing goes on from an instant (ms since the epoch) on: what it asks then is not asked. */
function until(end: number, runner: SimulatedRunner): SimulatedRunner {
  const never = new Promise<never>(() => undefined);
  const alive = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (runner.clock.now() >= end) return never;
    const answer = await ask();
    return runner.clock.now() < end ? answer : never;
  };
  return {
    ...runner,
    ledger: {
      claimMinute: (...args) => alive(() => runner.ledger.claimMinute(...args)),
      claimTick: (...args) => alive(() => runner.ledger.claimTick(...args)),
    },
    targets: {
      warm: (targets) => runner.targets.warm(targets),
      prepare: async (...args) => {
        const prepared = await runner.targets.prepare(...args);
        return { ...prepared, write: () => alive(() => prepared.write()) };
      },
    },
  };
}
