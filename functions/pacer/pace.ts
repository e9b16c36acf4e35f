import { type Burst, shardOf } from "../../schedule/bursts";
import { SECOND_MS } from "../../schedule/duration";
import { instantsBetween, lastAtOrBefore } from "../../schedule/grid";
import { tickToCatchUp } from "../../schedule/plan";
import { longestLead, type Tick, tickAt, tickFields } from "../../schedule/tick";
import { dispatchClaimed, recordMissed, type TickRunner } from "../runtime/run-tick";
import type { FiledSchedule } from "../runtime/schedules-file";

/** A tick of a burst. */
interface BurstTick {
  readonly schedule: FiledSchedule;
  readonly tick: Tick;
}

/** Ticks of one instant that one claim is for. */
interface Claimed {
  /** ms since the epoch. */
  readonly at: number;
  /** What is claimed: the tick itself, or a row for all of them. */
  readonly claim: Pick<Tick, "id" | "expiresAt">;
  readonly ticks: BurstTick[];
}

/**
 * Runs a burst: stays awake through it, and claims and dispatches each tick of its schedules at its instant.
 *
 * A burst that comes late has its expired and overtaken ticks missed, and of each schedule the newest one dispatched at
 * once: it never fires a burst of old ticks. One that is delivered twice finds its ticks claimed.
 *
 * @param schedules all of the environment; the burst says which part it is for.
 * @param call the id of this invocation, as the claimant.
 * @throws what the ledger threw, after all other ticks have had their turn. The queue then delivers the burst again, for the
 *   ticks that nobody has claimed and that have not expired.
 */
export async function pace(
  runner: TickRunner,
  schedules: readonly FiledSchedule[],
  burst: Burst,
  call: string,
): Promise<void> {
  // A schedule may have been paused since the burst was sent.
  const own = schedules.filter(({ name, paused }) => !paused && shardOf(name, burst.of) === burst.shard);
  const results = await Promise.allSettled(
    claimsOf(own, burst).map((claimed) => paceInstant(runner, claimed, burst, call)),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

/** The ticks of a schedule that a burst is for, in order. */
function ticksOf(schedule: FiledSchedule, { from, to, overdue }: Burst): Tick[] {
  if (!overdue) return instantsBetween(schedule, from, to + 1).map((at) => tickAt(schedule, at));
  const newest = tickToCatchUp(schedule, from);
  return newest ? [newest] : [];
}

/** The claims of a burst: one for each tick or, if the burst has slots, one for each instant and slot. */
function claimsOf(schedules: readonly FiledSchedule[], burst: Burst): Claimed[] {
  const { slots } = burst;
  const claims = new Map<string, Claimed>();
  for (const schedule of schedules) {
    const slot = slots === undefined ? undefined : shardOf(schedule.name, slots);
    for (const tick of ticksOf(schedule, burst)) {
      const at = tick.scheduledAt as number;
      // A schedule's name has no such characters, so no tick has such an id.
      const id = slot === undefined ? tick.id : `${slot}/${slots}@${at / SECOND_MS}`;
      const known = claims.get(id);
      if (known) known.ticks.push({ schedule, tick });
      else claims.set(id, { at, claim: { id, expiresAt: tick.expiresAt }, ticks: [{ schedule, tick }] });
    }
  }
  return [...claims.values()];
}

/** Claims ticks of one instant, waits for it, and dispatches them. @throws what the ledger threw. */
async function paceInstant(
  runner: TickRunner,
  { at, claim, ticks }: Claimed,
  burst: Burst,
  call: string,
): Promise<void> {
  const { clock, ledger, log } = runner;
  const lead = longestLead(ticks.map(({ schedule }) => schedule));
  await clock.waitUntil(at - lead - runner.claimLeadMs);
  const asked = clock.now();
  if (!(await ledger.claimTick(claim, call)).won) {
    for (const { schedule, tick } of ticks) log({ kind: "tick.suppressed", tick: tickFields(schedule, tick) });
    return;
  }
  const now = clock.now();
  const runs = ticks.map(({ schedule, tick }) => {
    const newest = burst.overdue ? at : lastAtOrBefore(schedule, Math.min(now, burst.to));
    const overtaken = newest !== undefined && newest > at;
    if (tick.expiresAt <= now) return recordMissed(runner, schedule, tick, "expired");
    if (overtaken) return recordMissed(runner, schedule, tick, "overtaken");
    return dispatchClaimed(runner, schedule, tick, schedule.targets, now - asked);
  });
  await Promise.all(runs);
}
