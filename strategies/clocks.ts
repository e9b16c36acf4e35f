import type { Settings } from "../schedule/clock";
import type { ClockResources, ClockRole, ClockStack } from "../stacks/clock-stack";
import { addLambdaClock } from "./lambda-clock/clock";
import { lambdaClock } from "./lambda-clock/strategy";
import { addSfnLoop } from "./sfn-loop/clock";
import { sfnLoop } from "./sfn-loop/strategy";

/** The CDKTF side of a strategy. */
export interface Clock<S extends Settings = Settings> {
  /** Adds a clock with these settings to a stack. @returns what it runs on. */
  addClock(stack: ClockStack, settings: S, role: ClockRole): ClockResources;
}

/** The CDKTF side of all strategies by kind. It is apart from `STRATEGIES`, because functions and tools do without cdktf. */
export const CLOCKS: Record<string, Clock> = {
  [sfnLoop.kind]: { addClock: addSfnLoop },
  [lambdaClock.kind]: { addClock: addLambdaClock },
};
