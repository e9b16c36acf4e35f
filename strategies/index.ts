import type { z } from "zod";
import type { Settings } from "../schedule/clock";
import type { Schedule } from "../schedule/schedule";
import { lambdaClock } from "./lambda-clock/strategy";
import { sfnLoop } from "./sfn-loop/strategy";
import { sqsDelay } from "./sqs-delay/strategy";
import type { Strategy } from "./strategy";

const OURS = { [sfnLoop.kind]: sfnLoop, [lambdaClock.kind]: lambdaClock, [sqsDelay.kind]: sqsDelay };

/** What a user may write as `strategy`. */
export type StrategyConfig = z.input<(typeof OURS)[keyof typeof OURS]["schema"]>;

/**
 * All strategies by kind, in the order they are shown. It is looked at when something is asked, never when a module is
 * loaded, so that a test can register one more. `clocks.ts` has their resources.
 */
export const STRATEGIES: Record<string, Strategy> = OURS;

/** The strategy of a kind; undefined if it is not registered. */
export function findStrategy(kind: unknown): Strategy | undefined {
  return typeof kind === "string" && Object.hasOwn(STRATEGIES, kind) ? STRATEGIES[kind] : undefined;
}

/** The strategy that these settings are of. @throws TypeError if its kind is not registered. */
export function strategyOf({ kind }: Settings): Strategy {
  const strategy = findStrategy(kind);
  if (!strategy) throw new TypeError(`${JSON.stringify(kind)} is not a strategy: write ${kinds().join(" or ")}`);
  return strategy;
}

/** All kinds, in the order they are shown. */
export function kinds(): string[] {
  return Object.keys(STRATEGIES);
}

/** Whether two settings are of one clock: its resources are changed in place from one to the other. */
export function sameClock(a: Settings, b: Settings): boolean {
  return a.kind === b.kind && strategyOf(a).identity(a) === strategyOf(b).identity(b);
}

/** Whether a clock with these settings can serve such schedules, apart from their targets and payloads. */
export function serves(settings: Settings, schedules: readonly Omit<Schedule, "targets" | "payload">[]): boolean {
  const plain = schedules.map((schedule) => ({ ...schedule, targets: null, payload: {} }));
  return strategyOf(settings).problems(settings, plain, "strategy").length === 0;
}
