import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { isOnGrid } from "../../schedule/grid";
import { minuteOf, startOfMinute } from "../../schedule/minute";
import { longestLead, type ScheduleSpec, tickAt } from "../../schedule/tick";
import type { Ledger } from "../runtime/ledger";
import { recordPlanned } from "../runtime/metrics";
import { logPausedFiring } from "../runtime/pause";
import { runTick, type TickRunner } from "../runtime/run-tick";

/** Between two tries of a claim that the ledger did not decide, in ms. */
const CLAIM_AGAIN_MS = SECOND_MS;

/** How long before the next minute's first tick is due for dispatch the tries end, in ms: it is claimed then. */
const NEXT_MINUTE_LEAD_MS = 2 * SECOND_MS;

/** A schedule as LambdaClock reads it. */
export interface ClockSchedule extends ScheduleSpec {
  /**
   * ARNs of the topics its ticks are published to, and of the queues they are sent to. While a deploy is under way, code from
   * before there were queues reads it by this name.
   */
  readonly topics: readonly string[];
  /** A paused schedule has no tick published, and a line in the log says so with every firing. */
  readonly paused: boolean;
}

/** The minute an event of the rule stands for begins at second 0 of the minute after the event's time. */
export function minuteToPublish(eventTime: string): number {
  const at = Date.parse(eventTime);
  if (Number.isNaN(at)) throw new TypeError(`the event's time is not an instant: ${JSON.stringify(eventTime)}`);
  return startOfMinute(minuteOf(at)) + MINUTE_MS;
}

/**
 * Waits to second 0 of the minute after the event's time, less a schedule's lead, and publishes a tick of every schedule that
 * has one then; then stands by for the minutes after it, to the end of the horizon. Each tick is published by the invocation that claims
 * it: usually the firing of its own minute, and the one before it if that did not come.
 *
 * An event that comes after its instant publishes at once: such a tick is flagged late, and missed once it has expired.
 * A ledger that does not answer is asked again, until the tick expires or the next minute is near.
 *
 * @param horizon how many minutes the firing serves, from the one after its event on; at least 1.
 * @param eventTime ISO 8601, UTC.
 * @param call the id of this invocation.
 * @throws TypeError if eventTime is no instant; what the ledger threw, after all other ticks have had their turn.
 */
export async function publishMinutes(
  runner: TickRunner,
  schedules: readonly ClockSchedule[],
  horizon: number,
  eventTime: string,
  call: string,
): Promise<void> {
  const { clock, metrics } = runner;
  const first = minuteToPublish(eventTime);
  const [paused, ticking] = [schedules.filter((one) => one.paused), schedules.filter((one) => !one.paused)];
  for (const { name } of paused) logPausedFiring(runner, name);
  for (const schedule of ticking) {
    metrics.record(schedule.name, "PlannerLag", clock.now() - first);
    // The minutes after the first are due to the firings that follow.
    if (isOnGrid(schedule, first)) metrics.record(schedule.name, "TicksDue", 1);
  }
  recordPlanned(metrics, ticking);
  const failures: unknown[] = [];
  for (let k = 0; k < horizon && ticking.length > 0; k++) {
    failures.push(...(await publishAt(runner, ticking, first + k * MINUTE_MS, call)));
    // Now, and not after standing by: a figure that comes a minute late makes an alarm a minute late.
    metrics.flush();
  }
  if (failures.length > 0) throw failures[0];
}

/** Publishes the ticks of one instant. @returns what went wrong before a tick could be run. */
async function publishAt(
  runner: TickRunner,
  schedules: readonly ClockSchedule[],
  scheduledAt: number,
  call: string,
): Promise<unknown[]> {
  const due = schedules.filter((schedule) => isOnGrid(schedule, scheduledAt));
  // Each tick waits for its own claim. Without a tick, it waits as long as it would for one without a lead.
  await runner.clock.waitUntil(scheduledAt - longestLead(due) - runner.claimLeadMs);
  const until = scheduledAt + MINUTE_MS - longestLead(schedules) - NEXT_MINUTE_LEAD_MS;
  const patient = { ...runner, ledger: askedAgain(runner, until) };
  // All to their end, even if one throws: what is still under way when a handler ends is frozen with its function.
  const results = await Promise.allSettled(
    due.map((schedule) => runTick(patient, schedule, tickAt(schedule, scheduledAt), schedule.topics, call)),
  );
  return results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
}

/**
 * The ledger, asked again while it does not answer. It is the claim that is repeated, and by the same claimant, so a claim
 * that was won without an answer is found won.
 *
 * @param until ms since the epoch; and no tick is claimed again once it has expired.
 */
function askedAgain({ ledger, clock }: Pick<TickRunner, "ledger" | "clock">, until: number): Ledger {
  return {
    ...ledger,
    async claimTick(tick, call) {
      for (;;) {
        try {
          return await ledger.claimTick(tick, call);
        } catch (error) {
          if (clock.now() + CLAIM_AGAIN_MS >= Math.min(until, tick.expiresAt)) throw error;
          await clock.waitUntil(clock.now() + CLAIM_AGAIN_MS);
        }
      }
    },
  };
}
