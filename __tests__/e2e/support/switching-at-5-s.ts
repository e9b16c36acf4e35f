import type { LocalFields } from "../../../cli/start/session";
import type { ScheduleConfig, StrategyConfig } from "../../../config/schema";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import type { EmulatorSession } from "./emulator-session";
import { type StartedTick, untilTicks } from "./started-ticks";

/** Two minutes, so that a change is seen after two. */
export const HORIZON = 2;
export const STANDARD: StrategyConfig = { kind: "sfn-loop", horizon: HORIZON };
export const EXPRESS: StrategyConfig = { ...STANDARD, machineType: "EXPRESS" };

export const every = (interval: ScheduleConfig["interval"]): LocalFields => ({
  schedules: [{ name: "fast", interval }],
});

export const FIVE_SECONDS = { intervalMs: 5 * SECOND_MS, phaseMs: 0 };
export const FOUR_SECONDS = { intervalMs: 4 * SECOND_MS, phaseMs: 0 };

/** Waits until ticks that are due `afterMs` from now have come. */
export function ticksFor(emulator: EmulatorSession, afterMs: number): Promise<StartedTick[]> {
  const until = Date.now() + afterMs;
  return untilTicks(emulator, (ticks) => (ticks.at(-1)?.scheduledAt ?? 0) >= until, afterMs + 2 * MINUTE_MS);
}

/** A start of the span that is looked at, so that the last tick before the change is in it. */
export const begin = () => Date.now() - 5 * SECOND_MS;
