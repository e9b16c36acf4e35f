import type { ClockDescription, Settings } from "../../schedule/clock";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { serves, strategyOf } from "../../strategies";
import { isRelative, startBoundS, strategyLiteral } from "./clock-identity";
import type { ScheduleChange } from "./schedule-changes";

/**
 * Time Terraform may take from its first destroy to its last create, in s. An allowance, not a limit of Terraform's:
 * on the embedded AWS a switch takes 30 to 60 s, and AWS takes longer to create a role than it does.
 */
export const APPLY_ALLOWANCE_S = 120;

/** A change of one clock: both sides are there. */
export interface Change {
  readonly before: ClockDescription;
  readonly after: ClockDescription;
  readonly schedules: readonly ScheduleChange[];
  /** Clocks of `after` that were there before, with their settings then. */
  readonly kept: readonly (readonly [before: Settings, after: Settings])[];
}

/** The longest pause that nobody asked for, and how to avoid it. */
export function pauseOf({ before, after, schedules, kept }: Change): {
  readonly boundS: number;
  readonly advice: string | null;
} {
  const none = { boundS: 0, advice: null };
  const ticking = schedules.some((one) => one.before?.paused === null && one.after?.paused === null);
  const runsOn = kept.some(([then, now]) => isRelative(then) === isRelative(now));
  if (!ticking || runsOn) return none;
  const [then, now] = kept[0] ?? [];
  if (then && now) {
    return isRelative(now)
      ? {
          // The minutes the old runs have claimed, in which the duplicate check holds new runs off, and the next firing.
          boundS: strategyOf(then).timing(then).claimsAheadS + MINUTE_MS / SECOND_MS,
          advice: 'Keep pacing: "clock": the ticks of relative pacing have no grid, so they cannot follow on from it.',
        }
      : {
          boundS: startBoundS(now),
          advice: "It cannot be avoided: the runs with clock pacing begin with the rule's next firing.",
        };
  }
  return { boundS: APPLY_ALLOWANCE_S + startBoundS(after.strategy), advice: adviceAgainstSwitch(before, after) };
}

function adviceAgainstSwitch(before: ClockDescription, after: ClockDescription): string {
  if (before.region !== after.region) {
    return `A handover stays within a region: deploy another environment in ${after.region} first, then destroy this one.`;
  }
  if (isRelative(after.strategy)) {
    return 'No handover leads to relative pacing, whose ticks have no grid. Write pacing: "clock", or apply it when ticks matter least.';
  }
  if (isRelative(before.strategy)) {
    const bound = startBoundS(before.strategy);
    return `Relative pacing has no grid to hand over. Change it to pacing: "clock" first, with a gap of at most ${bound} s, then hand over.`;
  }
  const retiring = `\`retiring: ${strategyLiteral(before.strategy)}\``;
  const first = serves(before.strategy, after.schedules)
    ? "Hand over instead:"
    : `Hand over instead, and change the schedules in a deploy after that, since ${before.strategy.kind} cannot serve the new ones:`;
  return `${first} add ${retiring}, with its settings of today, beside the new strategy; drop it in the deploy after. Then no tick is lost or doubled.`;
}
