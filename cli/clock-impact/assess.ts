import type { PlannedChange, PlanReading } from "../terraform/plan-section";
import { hasChanges } from "../terraform/plan-section";
import { resourceKind, takesAway } from "../terraform/resource-kinds";
import { startBoundS } from "./clock-identity";
import { ticksPerDay } from "./schedule-changes";
import { type ClockEffect, clockEffect } from "./switching";
import { APPLY_ALLOWANCE_S } from "./switching-pause";

/** How much care a plan needs, in a word; `No changes` where there is nothing to apply. */
export type Care = "Safe" | "Caution" | "Drift" | "No changes";

/** What a plan means, before it is put into words. */
export interface Assessment {
  readonly care: Care;
  /** What it means for the clock; `null` where the plan is of a stack without a clock, or where that cannot be known. */
  readonly effect: ClockEffect | null;
  /** Whether there is a clock, but its description does not say what it was or will be. */
  readonly unknown: boolean;
  /** What goes, to come back or not, though it holds data or the clock runs on it. */
  readonly endangered: readonly PlannedChange[];
}

/** Judges a plan: by the clock's description, and by what its resources go through besides. */
export function assess(reading: PlanReading): Assessment {
  const endangered = reading.changes.filter((one) => {
    const { holdsData, ticks } = resourceKind(one.type);
    return takesAway(one) && (holdsData || ticks);
  });
  const unknown = isUnknown(reading);
  const { before, after } = reading.clock;
  const effect = unknown || !(before || after) ? null : withInterruption(reading, clockEffect(before, after));
  return { care: careFor(reading, effect, unknown, endangered.length > 0), effect, unknown, endangered };
}

/** A clock that was deployed before stacks described theirs, or whose description cannot be read, has no known effect. */
function isUnknown({ clock: { before, after, known }, changes }: PlanReading): boolean {
  if (!known) return true;
  const stays = changes.some(({ action }) => action !== "create");
  if (!before && after) return stays;
  return before !== null && !after && changes.some(({ action }) => action !== "destroy");
}

/**
 * The same clock ticks on, unless something that it runs on is replaced under it, which its description does not show:
 * then it stands still until that is there again.
 */
function withInterruption({ changes, clock: { before, after } }: PlanReading, effect: ClockEffect): ClockEffect {
  if (!before || !after || effect.pauseBoundS > 0 || !["none", "change"].includes(effect.kind)) return effect;
  const removes = before.schedules.some(({ name }) => !after.schedules.some((other) => other.name === name));
  const interrupting = changes.filter((one) => {
    const { ticks, drives } = resourceKind(one.type);
    // A function or a subscription may go because a schedule has other targets now; a machine or a rule may not.
    return takesAway(one) && (one.action === "replace" ? ticks : drives && !removes);
  });
  if (interrupting.length === 0 || ticksPerDay(after) === 0) return effect;
  const boundS = APPLY_ALLOWANCE_S + startBoundS(after.strategy);
  return {
    ...effect,
    consequence: `the clock may pause at most ${boundS} s`,
    pauseBoundS: boundS,
    advice: "Avoid what forces the replacement, or apply it when ticks matter least.",
  };
}

function careFor(reading: PlanReading, effect: ClockEffect | null, unknown: boolean, endangers: boolean): Care {
  if (!hasChanges(reading)) return reading.drift.length > 0 ? "Drift" : "No changes";
  const { before, after } = reading.clock;
  const stops = before !== null && ticksPerDay(before) > 0 && (!after || ticksPerDay(after) === 0);
  return unknown || endangers || stops || (effect?.pauseBoundS ?? 0) > 0 ? "Caution" : "Safe";
}
