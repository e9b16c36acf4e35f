import type { ClockDescription, Settings } from "../../schedule/clock";
import { sameClock, strategyOf } from "../../strategies";
import { minutes } from "../../strategies/words";
import { rhythm } from "../lib/rhythm";
import { NAMED_SCHEDULES, quoted, type ScheduleChange, scheduleChanges, scheduleHeadlines } from "./schedule-changes";
import { type Change, nameOf, pauseOf, timingOf } from "./switching-pause";

/** Minutes that both clocks of a handover run before the retiring one is removed: a few firings of the new one's rule. */
export const HANDOVER_MINUTES = 3;

/** Minutes after which no burst is left that claims instants: the longest horizon. */
const BLIND_MINUTES = 10;

/** What a change of an environment means for its running clock, in a reviewer's words. */
export interface ClockEffect {
  readonly kind:
    | "none"
    | "create"
    | "destroy"
    | "switch"
    | "handover-begins"
    | "handover-ends"
    | "handover-taken-back"
    | "handover-changes"
    | "change";
  /** What changes, most important first, each in words that follow "dev: "; empty if nothing does. */
  readonly changes: readonly string[];
  /** The effect on the ticks, in a few words: `no pause`, `the clock pauses at most 240 s`; `null` if nothing changes. */
  readonly consequence: string | null;
  /** The longest unintended time without a tick, in s; 0 for none. */
  readonly pauseBoundS: number;
  /** How to avoid that pause; `null` if, and only if, `pauseBoundS` is 0. */
  readonly advice: string | null;
  /** When the changes take effect, one sentence each. */
  readonly takesEffect: readonly string[];
  /** A condition for applying it; `null` if it has none. */
  readonly applyWhen: string | null;
  /** Whether two clocks may dispatch the same tick, because one does not see the other's claims. */
  readonly mayDouble: boolean;
  /** What to do after it is applied; `null` for nothing. */
  readonly nextStep: string | null;
}

/**
 * What a change means for a running clock.
 *
 * @param before what is deployed; `null` if nothing is.
 * @param after what is to be deployed; `null` if the clock is to be destroyed.
 */
export function clockEffect(before: ClockDescription | null, after: ClockDescription | null): ClockEffect {
  if (before && after) return effectOfChange(changeBetween(before, after));
  if (after) return creation(after);
  return before ? destruction(before) : NO_EFFECT;
}

const NO_EFFECT: ClockEffect = {
  kind: "none",
  changes: [],
  consequence: null,
  pauseBoundS: 0,
  advice: null,
  takesEffect: [],
  applyWhen: null,
  mayDouble: false,
  nextStep: null,
};

function creation(after: ClockDescription): ClockEffect {
  const many = after.schedules.length > NAMED_SCHEDULES;
  const schedules = after.schedules.map((one) => {
    const paused = one.paused === null ? "" : `, paused (${quoted(one.paused)})`;
    return `${one.name} ${rhythm(one)}${paused}`;
  });
  const ticks = after.schedules.some(({ paused }) => paused === null);
  const retiring = after.retiring ? ` beside ${nameOf(after.retiring)}` : "";
  return {
    ...NO_EFFECT,
    kind: "create",
    changes: [
      `starts ${nameOf(after.strategy)}${retiring}`,
      ...(many ? [`${after.schedules.length} schedules`] : schedules),
    ],
    consequence: ticks ? runsWithin(after.strategy) : "paused from the start",
    takesEffect: ticks
      ? [`It ticks from the rule's first firing on, within ${timingOf(after.strategy).startsWithinS} s of the apply.`]
      : [],
    nextStep: nextStepOf(null, after),
  };
}

function destruction(before: ClockDescription): ClockEffect {
  return {
    ...NO_EFFECT,
    kind: "destroy",
    changes: [`destroys the clock (${clocksOf(before).map(nameOf).join(" and ")})`],
    consequence: "its ticks stop",
    takesEffect: ["Its ticks stop during the apply, including those of minutes that are already claimed."],
  };
}

function changeBetween(before: ClockDescription, after: ClockDescription): Change {
  const kept = clocksOf(after).flatMap((clock) => {
    const then = before.region === after.region && clocksOf(before).find((other) => sameClock(other, clock));
    return then ? [[then, clock] as const] : [];
  });
  const schedules = scheduleChanges(before.schedules, after.schedules);
  const ticksOn = schedules.some((one) => one.before?.paused === null && one.after?.paused === null);
  return { before, after, schedules, ticksOn, kept };
}

function effectOfChange(change: Change): ClockEffect {
  const { before, after, schedules } = change;
  const strategic = strategyChange(change);
  const nextStep = nextStepOf(before, after);
  const changes = [
    ...strategic.changes,
    ...settingChanges(change),
    ...scheduleHeadlines(schedules),
    ...toggled(before, after),
  ];
  if (changes.length === 0) return { ...NO_EFFECT, nextStep };
  const { boundS: pauseBoundS, advice } = pauseOf(change);
  const blind = blindClock(change);
  const consequence =
    blind !== null
      ? "ticks may be dispatched twice"
      : strategic.kind === "handover-ends" && pauseBoundS === 0
        ? `no pause if ${nameOf(after.strategy)} has ticked for ${minutes(HANDOVER_MINUTES)}`
        : consequenceOf(change, pauseBoundS);
  return {
    ...NO_EFFECT,
    ...strategic,
    changes,
    consequence,
    pauseBoundS,
    advice,
    takesEffect: takesEffect(change),
    nextStep,
    ...(blind !== null && {
      mayDouble: true,
      applyWhen: unseenClaims(blind),
    }),
  };
}

function unseenClaims(settings: Settings): string {
  const { field, instead } = timingOf(settings).unseenClaims ?? {};
  return `The other clock does not see the claims of ${nameOf(settings)}. While both run, ticks may be dispatched twice. Do not apply this. Deploy ${nameOf(settings)} with \`${field}: ${instead}\` alone, and make this change ${minutes(BLIND_MINUTES)} later.`;
}

/** A clock whose claims another one, which runs before or after the change, does not see; `null` if there is none. */
function blindClock({ before, after, ticksOn }: Change): Settings | null {
  if (!ticksOn) return null;
  const pairs = clocksOf(before).flatMap((then) => clocksOf(after).map((now) => [then, now] as const));
  const changing = pairs.filter(([then, now]) => !sameClock(then, now)).flat();
  return changing.find((one) => timingOf(one).unseenClaims !== null) ?? null;
}

function toggled(before: ClockDescription, after: ClockDescription): string[] {
  const settings = ({ tracing, monitoring }: ClockDescription) => ({ tracing, ...monitoring });
  const inWords = (value: boolean | string | undefined) => (typeof value === "string" ? value : value ? "on" : "off");
  const then: Readonly<Record<string, boolean | string>> = settings(before);
  return Object.entries(settings(after)).flatMap(([what, now]) =>
    then[what] === now ? [] : [`${what} ${inWords(then[what])} → ${inWords(now)}`],
  );
}

/** What happens to the strategies, without their settings. */
function strategyChange({
  before,
  after,
  kept,
}: Change): Pick<ClockEffect, "kind" | "changes"> & { applyWhen?: string } {
  if (before.region !== after.region) {
    return { kind: "switch", changes: [`moves ${before.region} → ${after.region}`] };
  }
  const goesOn = sameClock(before.strategy, after.strategy);
  const sameRetiring = !before.retiring === !after.retiring && kept.length === clocksOf(after).length;
  if (goesOn && sameRetiring) return { kind: "change", changes: [] };
  if (kept.length === 0) {
    return { kind: "switch", changes: [`switches ${nameOf(before.strategy)} → ${nameOf(after.strategy)}`] };
  }
  if (after.retiring) {
    return before.retiring
      ? { kind: "handover-changes", changes: [`changes the handover to ${handover(after)}`] }
      : { kind: "handover-begins", changes: [`begins the handover ${handover(after)}`] };
  }
  if (goesOn) {
    return {
      kind: "handover-ends",
      changes: [`ends the handover ${handover(before)}`],
      applyWhen: `Apply it only when ${nameOf(after.strategy)} has ticked for ${minutes(HANDOVER_MINUTES)}.`,
    };
  }
  return {
    kind: "handover-taken-back",
    changes: [`takes back the handover ${handover(before)}`],
    // It claims ticks a second ahead, and the other clock skips claimed ticks.
    applyWhen: `A tick that ${nameOf(before.strategy)} claims in the second before it is removed can be lost. To lose none, swap the two first: \`retiring: ${strategyOf(before.strategy).literal(before.strategy)}\`, and remove it ${minutes(HANDOVER_MINUTES)} later.`,
  };
}

function consequenceOf({ after, schedules, ticksOn }: Change, boundS: number): string {
  if (boundS > 0) return `the clock pauses at most ${boundS} s`;
  const paused = schedules.some(({ fate }) => fate === "paused");
  if (ticksOn) return paused ? "no pause of the others" : "no pause";
  if (paused) return `its ticks stop within ${timingOf(after.strategy).stopsWithin}`;
  const begins = after.schedules.some(({ paused: note }) => note === null);
  if (begins) return runsWithin(after.strategy);
  return schedules.some((one) => one.before?.paused === null) ? "its ticks stop" : "it stays paused";
}

function settingChanges({ kept, after }: Change): string[] {
  return kept.flatMap(([then, now]) => {
    const differences = strategyOf(now).differences(then, now);
    const role = now === after.retiring ? "retiring " : "";
    return differences.length > 0 ? [`${role}${strategyOf(now).identity(now)}: ${differences.join(", ")}`] : [];
  });
}

function takesEffect({ after, schedules, kept }: Change): string[] {
  const has = (fate: ScheduleChange["fate"]) => schedules.some((one) => one.fate === fate);
  const inPlace = kept.filter(([then, now]) => has("changed") || strategyOf(now).differences(then, now).length > 0);
  const starts = `${timingOf(after.strategy).startsWithinS} s`;
  return [
    ...inPlace.map(([then]) => `${nameOf(then)} takes the change up ${timingOf(then).takesUpChanges}`),
    ...(has("paused")
      ? [`Paused schedules stop within ${timingOf(after.strategy).stopsWithin}; nothing is destroyed.`]
      : []),
    ...(has("resumed") ? [`Resumed schedules tick within ${starts} of the apply; nothing is caught up.`] : []),
    ...(has("added") ? [`Added schedules tick within ${starts} of the apply.`] : []),
    ...(has("removed") ? ["Removed schedules stop; ticks of minutes that are already claimed may still come."] : []),
  ];
}

function runsWithin(settings: Settings): string {
  return `the clock runs within ${timingOf(settings).startsWithinS} s of the apply`;
}

/** To end a handover, also one that is open already. */
function nextStepOf(before: ClockDescription | null, { region, strategy, retiring }: ClockDescription): string | null {
  if (!retiring) return null;
  const isOpen = before?.retiring && before.region === region && sameClock(before.strategy, strategy);
  const when = isOpen ? "The handover is open" : `When ${nameOf(strategy)} has ticked for ${minutes(HANDOVER_MINUTES)}`;
  return `${when}: remove \`retiring\` and deploy again.`;
}

function clocksOf({ strategy, retiring }: ClockDescription): Settings[] {
  return retiring ? [strategy, retiring] : [strategy];
}

function handover({ strategy, retiring }: ClockDescription): string {
  return [...(retiring ? [retiring] : []), strategy].map(nameOf).join(" → ");
}
