import { type BurstSchedule, mostDispatchesAtOnce } from "../../schedule/bursts";
import type { Schedule } from "../../schedule/schedule";

/** Processor time of one prepared dispatch in ms on a whole processor: the median of 100 on a busy machine. */
const DISPATCH_CPU_MS = 0.54;

/** Memory in MB with which a function has one whole processor (Lambda Developer Guide, "Configure Lambda function memory"). */
const ONE_PROCESSOR_MB = 1_769;

/** From the first to the last dispatch of one instant, in ms of processor time at most. */
const SPREAD_MS = 50;

/** Pollers with which Lambda begins to read a queue, and the fewest pacers that are allowed (Lambda Developer Guide, "Scaling"). */
const FEWEST_PACERS = 5;

/** The most concurrent invocations that an event source mapping may be given (the same). */
export const MOST_PACERS = 1_000;

/** Dispatches at one instant that one pacer serves. A second processor does not help: JavaScript runs on one. */
export function mostAtOnce(memory: number): number {
  const share = Math.min(1, memory / ONE_PROCESSOR_MB);
  return Math.max(1, Math.floor((SPREAD_MS * share) / DISPATCH_CPU_MS));
}

/** Schedules that tick, as bursts are planned of them. @param of how many targets a schedule has. */
export function burstSchedules<S extends Pick<Schedule, "name" | "intervalMs" | "phaseMs" | "hours" | "paused">>(
  schedules: readonly S[],
  targets: (schedule: S) => number,
): BurstSchedule[] {
  return schedules
    .filter(({ paused }) => paused === null)
    .map((one) => {
      const { name, intervalMs, phaseMs, hours } = one;
      return { name, intervalMs, phaseMs, ...(hours && { hours }), dispatches: targets(one) };
    });
}

/** Pacers that run at one instant if nothing goes wrong: those of a busy instant, and those that wait for the next burst. */
export function pacersAtOnce(memory: number, schedules: readonly Schedule[]): number {
  const loads = burstSchedules(schedules, ({ targets }) => targets?.length ?? 1);
  return 2 * Math.ceil(mostDispatchesAtOnce(loads) / mostAtOnce(memory));
}

/** Pacers that are allowed at one instant: twice as many, because a rule that fires twice at once has every burst sent twice. */
export function pacersAllowed(memory: number, schedules: readonly Schedule[]): number {
  return Math.min(MOST_PACERS, Math.max(FEWEST_PACERS, 2 * pacersAtOnce(memory, schedules)));
}
