import type { ClockDescription } from "../../schedule/clock";
import type { PlannedChange, PlanReading } from "../terraform/plan-section";
import { resourceKind, takesAway } from "../terraform/resource-kinds";
import { ticksPerDay } from "./schedule-changes";
import { type ClockEffect, clockEffect } from "./switching";
import { APPLY_ALLOWANCE_S, timingOf } from "./switching-pause";

/** What a plan means, before it is written as text. */
export interface Assessment {
  /** Whether applying it needs care. */
  readonly caution: boolean;
  /** What it means for the clock; `null` if the stack has no clock, or if that is unknown. */
  readonly effect: ClockEffect | null;
  /** Whether the stack has a clock whose description is missing or cannot be read. */
  readonly unknown: boolean;
  /** Resources that hold data or that the clock runs on, and that the plan destroys or replaces. */
  readonly endangered: readonly PlannedChange[];
}

/** Assesses a plan, by the clock's description and by the changes of its resources. */
export function assess(reading: PlanReading): Assessment {
  const endangered = reading.changes.filter((one) => {
    const { loses, ticks } = resourceKind(one.type);
    return takesAway(one) && (loses || ticks);
  });
  const unknown = isUnknown(reading);
  const { before, after } = reading.clock;
  const effect = unknown || !(before || after) ? null : withInterruption(reading, clockEffect(before, after));
  const stops = isTicking(before) && !isTicking(after);
  const caution =
    unknown || endangered.length > 0 || stops || (effect?.pauseBoundS ?? 0) > 0 || effect?.mayDouble === true;
  return { caution, effect, unknown, endangered };
}

/** The effect is unknown if the deployed stack does not describe its clock, or if this version cannot read the description. */
function isUnknown({ clock: { before, after, known }, changes }: PlanReading): boolean {
  if (!known) return true;
  const stays = changes.some(({ action }) => action !== "create");
  if (!before && after) return stays;
  return before !== null && !after && changes.some(({ action }) => action !== "destroy");
}

/**
 * An unchanged clock ticks on, unless the plan replaces a resource that it runs on, which its description does not show.
 * Then it stops until the new resource exists.
 */
function withInterruption({ changes, clock: { before, after } }: PlanReading, effect: ClockEffect): ClockEffect {
  if (!before || !after || effect.pauseBoundS > 0 || !["none", "change"].includes(effect.kind)) return effect;
  const stays = new Set(after.schedules.map(({ name }) => name));
  const removes = before.schedules.some(({ name }) => !stays.has(name));
  const interrupting = changes.filter((one) => {
    const { ticks, drives } = resourceKind(one.type);
    // Other targets can remove a function or a subscription, but not a state machine or a rule.
    return takesAway(one) && (one.action === "replace" ? ticks : drives && !removes);
  });
  if (interrupting.length === 0 || !isTicking(after)) return effect;
  const boundS = APPLY_ALLOWANCE_S + timingOf(after.strategy).startsWithinS;
  return {
    ...effect,
    consequence: `the clock may pause at most ${boundS} s`,
    pauseBoundS: boundS,
    advice: "Avoid what forces the replacement, or apply it when ticks matter least.",
  };
}

function isTicking(clock: ClockDescription | null): boolean {
  return clock !== null && ticksPerDay(clock) > 0;
}
