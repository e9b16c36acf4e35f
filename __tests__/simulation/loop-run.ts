import { type IteratorInput, type IteratorState, iterate, type LoopSchedule } from "../../functions/iterator/iterate";
import type { SimulatedRunner } from "./simulated-runner";

export interface LoopRunOptions {
  /** @default a run of its own */
  readonly execution?: string;
  /**
   * How long a call takes to reach the Iterator, and its answer to come back, in ms.
   * @default 50
   */
  readonly transitionMs?: () => number;
  /**
   * Whether the schedule is paused at the moment of a call.
   * @default never
   */
  readonly paused?: () => boolean;
}

let runs = 0;
let calls = 0;

/** One call of the Iterator, each with an id of its own. */
export function callIterator(
  runner: SimulatedRunner,
  schedule: LoopSchedule,
  iterator: IteratorState = { index: 0, count: 0 },
  execution: IteratorInput["execution"] = "run-0",
  paused = false,
): Promise<IteratorState> {
  return iterate(runner, { iterator, schedule, execution, paused }, `call-${++calls}`);
}

/** A whole run of the loop as its definition has it, without its interpreter: Iterator → Wait → Iterator … */
export async function runLoop(
  runner: SimulatedRunner,
  schedule: LoopSchedule,
  { execution = `run-${++runs}`, transitionMs = () => 50, paused = () => false }: LoopRunOptions = {},
): Promise<IteratorState> {
  let state: IteratorState = { index: 0, count: 0 };
  do {
    if (state.wakeAt !== undefined) await runner.clock.waitUntil(Date.parse(state.wakeAt));
    await runner.clock.pause(transitionMs());
    state = await callIterator(runner, schedule, state, execution, paused());
    await runner.clock.pause(transitionMs());
  } while (state.continue);
  return state;
}
