import { pace } from "../../functions/pacer/pace";
import { delaySeconds } from "../../functions/planner/burst-queue";
import { planBursts } from "../../functions/planner/plan-bursts";
import type { PlannedMinutes } from "../../functions/planner/planned-minutes";
import type { FiledSchedule } from "../../functions/runtime/schedules-file";
import type { Burst } from "../../schedule/bursts";
import { SECOND_MS } from "../../schedule/duration";
import type { Firing } from "./handover";
import { FUNCTION_ARN, scheduleOf } from "./schedules";
import type { SimulatedRunner } from "./simulated-runner";

/** A schedule in the file of a planner and a pacer, named `beat`. */
export function filedOf(intervalS: number, phaseS = 0, fields: Partial<FiledSchedule> = {}): FiledSchedule {
  const spec = scheduleOf(intervalS, phaseS, { strategy: "sqs-delay" });
  return { ...spec, overdue: "skip", targets: [FUNCTION_ARN], paused: false, ...fields };
}

/** Planned minutes among the rows of a simulated ledger. */
export function plannedIn({ rows, clock }: Pick<SimulatedRunner, "rows" | "clock">, plan = "plan"): PlannedMinutes {
  const slotsOf = (minute: number) => Number(rows.get(`slots#${minute}`)?.claimant ?? Number.NaN);
  const begin = (minute: number, slots: number) => {
    if (!rows.has(`slots#${minute}`)) rows.set(`slots#${minute}`, { claimant: String(slots), at: clock.now() });
    return slotsOf(minute);
  };
  return {
    async look(minute) {
      if (rows.has(`planned#${plan}#${minute}`)) return "planned";
      return rows.has(`slots#${minute}`) ? "begun" : "unknown";
    },
    agreeOnSlots: async (minute, slots) => begin(minute, slots),
    note: async (minute, _slots, run) => void rows.set(`planned#${plan}#${minute}`, { claimant: run, at: clock.now() }),
  };
}

let calls = 0;

/** A firing of the planner, with all the pacers that get its bursts. */
export function burstFiring(schedules: readonly FiledSchedule[], horizon = 4): Firing {
  return async (runner) => {
    const pacers: Promise<void>[] = [];
    const deliver = async (burst: Burst, leadMs: number) => {
      const { clock } = runner;
      await clock.waitUntil(clock.now() + delaySeconds(burst, clock.now(), leadMs) * SECOND_MS + 100);
      // As it is now: a pacer that starts after a deploy has the role of then.
      const { claimLeadMs } = runner;
      await pace({ ...runner, claimLeadMs }, schedules, burst, `pacer-${++calls}`);
    };
    const queue = {
      send: async (bursts: readonly Burst[], leadMs: number) =>
        void pacers.push(...bursts.map((burst) => deliver(burst, leadMs))),
    };
    const settings = { horizon, mostAtOnce: 13, claims: "ticks" as const };
    await planBursts({ ...runner, planned: plannedIn(runner), queue }, schedules, settings, `planner-${++calls}`);
    await Promise.all(pacers);
  };
}
