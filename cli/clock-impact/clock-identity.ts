import type { Settings } from "../../schedule/clock";
import { strategyOf } from "../../strategies";

export { sameClock } from "../../strategies";
export { minutes } from "../../strategies/words";

/** A strategy's name as people say it: `sfn-loop`, `sfn-loop on Express`, `sfn-loop (relative)`, `lambda-clock`. */
export function strategyName(settings: Settings): string {
  return strategyOf(settings).name(settings);
}

/** Whether a clock's ticks have no grid, so that another clock cannot share them with it. */
export function isRelative(settings: Settings): boolean {
  return !strategyOf(settings).timing(settings).grid;
}

/** From the end of an apply until a clock that it created or resumed runs, in s at most. */
export function startBoundS(settings: Settings): number {
  return strategyOf(settings).timing(settings).startsWithinS;
}

/** How the configuration names a clock: what tells it apart from the others, without its settings. */
export function strategyLiteral(settings: Settings): string {
  return strategyOf(settings).literal(settings);
}

/** What differs between two settings of one clock, such as `horizon 3 → 4`. */
export function settingDifferences(before: Settings, after: Settings): string[] {
  return strategyOf(after).differences(before, after);
}
