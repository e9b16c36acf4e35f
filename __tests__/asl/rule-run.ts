import { MINUTE } from "../simulation/schedules";
import { between } from "../simulation/seeded-random";
import { type SimulatedRunner, type SimulationOptions, simulatedRunner } from "../simulation/simulated-runner";
import { installAsGlobalTime, VirtualTime } from "../simulation/virtual-time";
import { LoopMachine, type LoopMachineOptions } from "./loop-machine";

export interface RuleRun {
  readonly runner: SimulatedRunner;
  readonly machine: LoopMachine;
  readonly failures: readonly unknown[];
}

/**
 * A rule starts the machine at these instants (ms since the epoch, from MINUTE on), and all executions run to their end
 * in virtual time.
 */
export async function runRule(
  options: Omit<LoopMachineOptions, "runner"> & { readonly simulation?: SimulationOptions },
  starts: readonly number[],
): Promise<RuleRun> {
  const time = new VirtualTime(MINUTE);
  const restore = installAsGlobalTime(time);
  try {
    const runner = simulatedRunner(time, options.simulation);
    const machine = new LoopMachine({ ...options, runner });
    for (const start of starts) time.at(start, () => machine.start());
    await time.passUntil(Math.max(...starts));
    return { runner, machine, failures: await time.passUntilDone(machine.failures()) };
  } finally {
    restore();
  }
}

/** Starts of a rule once a minute over `minutes`, at its own awkward second with some jitter, and nothing else amiss. */
export function steadyStarts(random: () => number, minutes: number): number[] {
  return Array.from({ length: minutes }, (_, k) => MINUTE + k * 60_000 + 10_300 + between(random, 0, 400));
}

export interface AwkwardStarts {
  readonly starts: readonly number[];
  readonly doubled: number;
  readonly late: number;
  readonly lost: number;
}

/** The same of a rule that is in turn doubled, up to 59 s late and, one firing at a time, lost. */
export function awkwardStarts(random: () => number, minutes: number): AwkwardStarts {
  const starts: number[] = [];
  const count = { doubled: 0, late: 0, lost: 0 };
  let lostBefore = false;
  for (const start of steadyStarts(random, minutes)) {
    const chance = random();
    const lost: boolean = starts.length > 0 && !lostBefore && chance < 0.12;
    // A horizon of 3 takes one minute without a start, not two: the firing after a lost one comes in its own minute.
    const late = !lost && !lostBefore && chance > 0.8;
    const doubled = !lost && chance > 0.3 && chance < 0.5;
    if (lost) count.lost += 1;
    if (late) count.late += 1;
    if (doubled) count.doubled += 1;
    const at = start + (late ? between(random, 1_000, 59_000) : 0);
    if (!lost) starts.push(at);
    if (doubled) starts.push(at + between(random, 0, 3_000));
    lostBefore = lost;
  }
  return { starts, ...count };
}
