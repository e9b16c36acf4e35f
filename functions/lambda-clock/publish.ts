import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { isOnGrid } from "../../schedule/grid";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import { type ScheduleSpec, tickAt } from "../../schedule/tick";
import { runTick, type TickRunner } from "../runtime/run-tick";

/** How long before the minute a firing claims its ticks, in ms: late enough that a run that died before has claimed nothing. */
const CLAIM_LEAD_MS = SECOND_MS;

/** A schedule with the topics its ticks are published to. */
export interface ClockSchedule extends ScheduleSpec {
  readonly topics: readonly string[];
}

/** The minute an event of the rule stands for begins at second 0 of the minute after the event's time. */
export function minuteToPublish(eventTime: string): number {
  const at = Date.parse(eventTime);
  if (Number.isNaN(at)) throw new TypeError(`the event's time is not an instant: ${JSON.stringify(eventTime)}`);
  return startOfMinute(minuteOf(at)) + MINUTE_MS;
}

/**
 * Waits to second 0 of the minute after the event's time and publishes a tick of every schedule that has one then.
 * An event that comes after that instant publishes at once: such a tick is flagged late, and missed once it has expired.
 *
 * @param eventTime ISO 8601, UTC.
 * @param call the id of this invocation.
 * @throws TypeError where eventTime is not an instant; what the ledger threw, after all other ticks have had their turn.
 */
export async function publishMinute(
  runner: TickRunner,
  schedules: readonly ClockSchedule[],
  eventTime: string,
  call: string,
): Promise<void> {
  const scheduledAt = minuteToPublish(eventTime);
  const due = schedules.filter((schedule) => isOnGrid(schedule, scheduledAt));
  await runner.clock.waitUntil(scheduledAt - CLAIM_LEAD_MS);
  // All to their end, also where one throws: what is still under way when a handler ends is frozen with its function.
  const results = await Promise.allSettled(
    due.map((schedule) => runTick(runner, schedule, tickAt(schedule, scheduledAt), schedule.topics, call)),
  );
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
