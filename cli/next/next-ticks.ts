import type { Environment } from "../../config/environment";
import { firstAtOrAfter } from "../../schedule/grid";
import type { Schedule } from "../../schedule/schedule";
import { iso, tickId } from "../../schedule/tick";
import { upcomingOf } from "../../schedule/upcoming";
import { wallClockText } from "../../schedule/zone";
import { strategyOf } from "../../strategies";
import { rhythm } from "../lib/rhythm";
import { checkSchedule } from "../lib/schedules";

/** The next ticks of an environment's schedules, by its configuration: what `metronome next --json` prints. */
export interface NextTicks {
  readonly schemaVersion: 1;
  readonly environment: string;
  /** The strategy as people say it, such as `sfn-loop on Express`. */
  readonly strategy: string;
  /** From when on, ISO 8601 in UTC. */
  readonly from: string;
  /** How many schedules have the ticks. */
  readonly schedules: number;
  /** The nearest ticks of all schedules together, in order of time; at one instant in the order of the configuration. */
  readonly ticks: readonly NextTick[];
  /** Schedules that have no ticks because they are paused. */
  readonly paused: readonly { readonly schedule: string; readonly note: string }[];
  /** Schedules that are not paused, and whose hours leave no tick in the year from then on. */
  readonly neverDue: readonly { readonly schedule: string; readonly rhythm: string }[];
  /** Schedules whose ticks are on no grid, so that their instants are not known ahead. */
  readonly withoutGrid: readonly { readonly schedule: string; readonly rhythm: string }[];
}

/** What the wall clock of a time zone shows at an instant, such as `2026-11-27T10:00:00+01:00` in `Europe/Berlin`. */
export interface ZoneTime {
  readonly zone: string;
  readonly shows: string;
}

/** One tick to come. */
export interface NextTick {
  readonly id: string;
  readonly schedule: string;
  /** ISO 8601, UTC, ms. */
  readonly scheduledAt: string;
  /** What the clocks of its windows' time zones show then, but for UTC. */
  readonly local: readonly ZoneTime[];
  /** How often its schedule ticks, in words, such as `every 10s + 2s`. */
  readonly rhythm: string;
}

/** What is asked for. */
export interface NextOptions {
  /** ms since the epoch: the first ticks are at or after it. */
  readonly from: number;
  /** How many ticks in all. */
  readonly most: number;
  /** Name of the one schedule that is meant. @default all of the environment, because a reader asks what comes next */
  readonly schedule?: string;
}

/**
 * The next ticks of an environment's schedules.
 *
 * @throws UsageError if it has no schedule of that name.
 */
export function nextTicks(environment: Environment, { from, most, schedule }: NextOptions): NextTicks {
  const { strategy } = environment;
  const kind = strategyOf(strategy);
  if (schedule !== undefined) checkSchedule(environment, schedule);
  const meant = environment.schedules.filter(({ name }) => schedule === undefined || name === schedule);
  const ticking = meant.filter(({ paused }) => paused === null);
  const onGrid = kind.timing(strategy).grid ? ticking : [];
  const ticks: NextTick[] = [];
  for (const { schedule: one, at } of upcomingOf(onGrid, from)) {
    const { name } = one;
    ticks.push({
      id: tickId(name, at),
      schedule: name,
      scheduledAt: iso(at),
      local: zoneTimes(one, at),
      rhythm: rhythm(one),
    });
    if (ticks.length >= most) break;
  }
  return {
    schemaVersion: 1,
    environment: environment.environment,
    strategy: kind.name(strategy),
    from: iso(from),
    schedules: onGrid.length,
    ticks,
    paused: meant.flatMap(({ name, paused }) => (paused === null ? [] : [{ schedule: name, note: paused }])),
    neverDue: onGrid
      .filter((one) => firstAtOrAfter(one, from) === Number.POSITIVE_INFINITY)
      .map((one) => ({ schedule: one.name, rhythm: rhythm(one) })),
    withoutGrid: onGrid === ticking ? [] : ticking.map((one) => ({ schedule: one.name, rhythm: rhythm(one) })),
  };
}

/** What the clocks of a schedule's zones show at an instant (ms since the epoch): those of its windows, each once, without UTC. */
export function zoneTimes({ hours }: Pick<Schedule, "hours">, at: number): ZoneTime[] {
  const zones = new Set((hours?.rates ?? []).flatMap(({ active = [] }) => active.map(({ zone }) => zone)));
  zones.delete("UTC");
  return [...zones].map((zone) => ({ zone, shows: wallClockText(zone, at) }));
}
