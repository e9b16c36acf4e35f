import { type Burst, shardOf } from "../../schedule/bursts";
import { instantsBetween } from "../../schedule/grid";
import { newestDue, nextTick } from "../../schedule/plan";
import { type Tick, tickAt, tickFields } from "../../schedule/tick";
import { passOver } from "../runtime/pause";
import { recordMissed, runTick, type TickRunner } from "../runtime/run-tick";
import type { FiledSchedule } from "../runtime/schedules-file";

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
  const own = schedules.filter(({ name }) => shardOf(name, burst.of) === burst.shard);
  const failures: unknown[] = [];
  await Promise.all(own.map((schedule) => paceSchedule(runner, schedule, ticksOf(schedule, burst), call, failures)));
  if (failures.length > 0) throw failures[0];
}

/** The ticks of a schedule that a burst is for, in order. */
function ticksOf(schedule: FiledSchedule, { from, to, overdue }: Burst): Tick[] {
  if (!overdue) return instantsBetween(schedule, from, to + 1).map((at) => tickAt(schedule, at));
  return schedule.overdue === "latest" ? [newestDue(schedule, from)] : [];
}

/** Runs ticks of one schedule, one after the other. Adds to `failures` what the ledger threw. */
async function paceSchedule(
  runner: TickRunner,
  schedule: FiledSchedule,
  ticks: readonly Tick[],
  call: string,
  failures: unknown[],
): Promise<void> {
  for (let index = 0; index < ticks.length; ) {
    const next = nextTick(ticks, index, runner.clock.now());
    const { missed, tick } = next;
    index = next.index + 1;
    try {
      for (const lost of missed) await giveUp(runner, schedule, lost, call);
      if (!tick) continue;
      if (schedule.paused) await passOver(runner, schedule, tick, call);
      else await runTick(runner, schedule, tick, schedule.targets, call);
    } catch (error) {
      failures.push(error);
    }
  }
}

/** Records that a tick is missed, unless another pacer has claimed it: this burst may be a further delivery. */
async function giveUp(runner: TickRunner, schedule: FiledSchedule, tick: Tick, call: string): Promise<void> {
  if (schedule.paused) return;
  if (!(await runner.ledger.claimTick(tick, call)).won) {
    runner.log({ kind: "tick.suppressed", tick: tickFields(schedule, tick) });
    return;
  }
  recordMissed(runner, schedule, tick, tick.expiresAt <= runner.clock.now() ? "expired" : "overtaken");
}
