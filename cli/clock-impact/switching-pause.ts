import type { ClockDescription, Settings } from "../../schedule/clock";
import { serves, strategyOf } from "../../strategies";
import type { Timing } from "../../strategies/strategy";
import type { ScheduleChange } from "./schedule-changes";

/**
 * Time Terraform may take from its first destroy to its last create, in s. An allowance, not a limit of Terraform: on the
 * embedded AWS a switch takes 30 to 60 s, and AWS takes longer to create a role.
 */
export const APPLY_ALLOWANCE_S = 120;

/** A change of a deployed environment that stays deployed. */
export interface Change {
  readonly before: ClockDescription;
  readonly after: ClockDescription;
  readonly schedules: readonly ScheduleChange[];
  /** Whether a schedule ticks before and after it. */
  readonly ticksOn: boolean;
  /** The clocks of `after` that are deployed already, with their settings before. */
  readonly kept: readonly (readonly [before: Settings, after: Settings])[];
}

/** How a clock with these settings behaves in time. */
export function timingOf(settings: Settings): Timing {
  return strategyOf(settings).timing(settings);
}

/** A strategy's name as people say it. */
export function nameOf(settings: Settings): string {
  return strategyOf(settings).name(settings);
}

/** The longest unintended pause, and how to avoid it. */
export function pauseOf({ before, after, ticksOn, kept }: Change): {
  readonly boundS: number;
  readonly advice: string | null;
} {
  const runsOn = kept.some(([then, now]) => timingOf(then).grid === timingOf(now).grid);
  if (!ticksOn || runsOn) return { boundS: 0, advice: null };
  const [then, now] = kept[0] ?? [];
  if (then && now) return timingOf(now).grid ? gridBegins(now) : gridEnds(then, now);
  return {
    boundS: APPLY_ALLOWANCE_S + timingOf(after.strategy).startsWithinS,
    advice: adviceAgainstSwitch(before, after),
  };
}

function gridBegins(now: Settings): ReturnType<typeof pauseOf> {
  return {
    boundS: timingOf(now).startsWithinS,
    advice: "It cannot be avoided: the ticks on the grid begin with the rule's next firing.",
  };
}

/** The old settings stay in effect until the end of what they have claimed, and may hold off the new ones until then. */
function gridEnds(then: Settings, now: Settings): ReturnType<typeof pauseOf> {
  return {
    boundS: timingOf(then).claimsAheadS + timingOf(now).startsWithinS,
    advice: `Keep ${nameOf(then)}: the ticks of ${nameOf(now)} have no grid, so they cannot continue from it.`,
  };
}

function adviceAgainstSwitch(before: ClockDescription, after: ClockDescription): string {
  if (before.region !== after.region) {
    return `A handover stays within a region: deploy another environment in ${after.region} first, then destroy this one.`;
  }
  if (!timingOf(after.strategy).grid) {
    return `A handover needs a grid, and the ticks of ${nameOf(after.strategy)} have none. Choose a strategy that keeps a grid, or apply it when ticks matter least.`;
  }
  if (!timingOf(before.strategy).grid) {
    return `A handover needs a grid, and the ticks of ${nameOf(before.strategy)} have none. Let the present clock keep a grid first, with a gap of at most ${timingOf(before.strategy).startsWithinS} s, then hand over.`;
  }
  const retiring = `\`retiring: ${strategyOf(before.strategy).literal(before.strategy)}\``;
  const first = serves(before.strategy, after.schedules)
    ? "Hand over instead:"
    : `Hand over instead, and change the schedules in the deploy after that, because ${before.strategy.kind} cannot serve the new ones:`;
  return `${first} add ${retiring}, with its present settings, beside the new strategy; remove it in the next deploy. Then no tick is lost or doubled.`;
}
