import type { Clock } from "./clock";
import { addLambdaClock } from "./lambda-clock/clock";
import { lambdaClock } from "./lambda-clock/strategy";
import { addSfnLoop } from "./sfn-loop/clock";
import { sfnLoop } from "./sfn-loop/strategy";
import { addSqsDelay } from "./sqs-delay/clock";
import { sqsDelay } from "./sqs-delay/strategy";

/** The CDKTF side of all strategies by kind. It is apart from `STRATEGIES`, because functions and tools do without cdktf. */
export const CLOCKS: Record<string, Clock> = {
  [sfnLoop.kind]: { addClock: addSfnLoop },
  [lambdaClock.kind]: { addClock: addLambdaClock },
  [sqsDelay.kind]: { addClock: addSqsDelay },
};
