import type { StrategyConfig } from "../../config/types";
import { MINUTE_MS, msToDuration } from "../../schedule/duration";
import type { StrategyKind } from "../../schedule/tick";

/** The kinds among which `start --strategy` chooses. */
export const STRATEGY_KINDS: readonly StrategyKind[] = ["sfn-loop", "lambda-clock"];

/** Whether a strategy takes a `pacing`. */
export function takesPacing(kind: StrategyKind): boolean {
  return kind === "sfn-loop";
}

/** A strategy's name as people say it. */
export function strategyName(strategy: StrategyConfig): string {
  return strategy.kind === "sfn-loop" ? `${strategy.kind}, ${strategy.pacing ?? "clock"} pacing` : strategy.kind;
}

/** The nearest interval that a strategy serves with default settings, and a note if it is another one. */
export function servedInterval(
  kind: StrategyKind,
  name: string,
  intervalMs: number,
): { readonly intervalMs: number; readonly note?: string } {
  if (kind !== "lambda-clock" || intervalMs % MINUTE_MS === 0) return { intervalMs };
  const note = `${name} ticks every 1m instead of ${msToDuration(intervalMs)}: lambda-clock serves whole minutes`;
  return { intervalMs: MINUTE_MS, note };
}
