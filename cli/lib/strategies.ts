import type { Settings } from "../../schedule/clock";
import { strategyOf } from "../../strategies";

/** Whether a strategy takes a `pacing`. */
export function takesPacing(strategy: Settings): boolean {
  return strategyOf(strategy).pacings.length > 0;
}

/** A strategy's kind, with its pacing if it has one. @param strategy as the configuration has it. */
export function strategyName(strategy: Settings & { readonly pacing?: string }): string {
  const [usual] = strategyOf(strategy).pacings;
  return usual ? `${strategy.kind}, ${strategy.pacing ?? usual} pacing` : strategy.kind;
}
