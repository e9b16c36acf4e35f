import { pace } from "../../functions/pacer/pace";
import { delaySeconds } from "../../functions/planner/burst-queue";
import { planBursts } from "../../functions/planner/plan-bursts";
import type { FiledSchedule } from "../../functions/runtime/schedules-file";
import type { Burst } from "../../schedule/bursts";
import { SECOND_MS } from "../../schedule/duration";
import { between } from "./seeded-random";
import type { VirtualTime } from "./virtual-time";
import type { World } from "./world";

/** What the stack gives the functions as their time-outs, in ms; and for how long a pacer has its message to itself. */
const PLANNER_TIMEOUT_MS = 60 * SECOND_MS;
const PACER_TIMEOUT_MS = 35 * SECOND_MS;
const VISIBILITY_MS = 35 * SECOND_MS;
const DELIVERIES = 5;

/** Of so many messages one is delivered twice, within some seconds. */
const DELIVERED_TWICE = 10;

export interface BurstClockOptions {
  readonly schedules: readonly FiledSchedule[];
  readonly claimLeadMs: number;
  readonly horizon: number;
  /** @default 13 */
  readonly mostAtOnce?: number;
  /** @default "ticks" */
  readonly claims?: "ticks" | "instants";
  readonly plan?: string;
}

let calls = 0;

/** The clock of delayed bursts in virtual time: the real planner and pacer, and a queue that delivers at least once. */
export class BurstClock {
  /** Bursts as pacers got them. */
  readonly delivered: Burst[] = [];

  constructor(
    private readonly world: World,
    private readonly time: VirtualTime,
    private readonly random: () => number,
    private readonly options: BurstClockOptions,
  ) {}

  /** The rule fires now. */
  fire(): void {
    const { schedules, claimLeadMs, horizon, mostAtOnce = 13, claims = "ticks", plan = "plan" } = this.options;
    const { runner, ended, release, planned, queue } = this.world.sandbox("planner", claimLeadMs, PLANNER_TIMEOUT_MS);
    const planner = {
      ...runner,
      planned: planned(plan),
      queue: queue((bursts, now, leadMs) => this.take(bursts, now, leadMs)),
    };
    const work = planBursts(planner, schedules, { horizon, mostAtOnce, claims }, `planner-${++calls}`);
    void Promise.race([work, ended]).then(release, release);
  }

  /** SQS has got these bursts. @param now by the planner's clock. */
  private take(bursts: readonly Burst[], now: number, leadMs: number): void {
    for (const burst of bursts) {
      const visibleAt = this.time.now() + delaySeconds(burst, now, leadMs) * SECOND_MS;
      this.deliver(burst, visibleAt, 1);
      if (this.random() * DELIVERED_TWICE < 1) this.deliver(burst, visibleAt + between(this.random, 0, 3_000), 1);
    }
  }

  private deliver(burst: Burst, visibleAt: number, nth: number): void {
    this.time.at(visibleAt + between(this.random, 10, 300), () => {
      this.delivered.push(burst);
      const { runner, ended, release } = this.world.sandbox("pacer", this.options.claimLeadMs, PACER_TIMEOUT_MS);
      const receivedAt = this.time.now();
      const work = pace(runner, this.options.schedules, burst, `pacer-${++calls}`);
      Promise.race([work, ended]).then(release, () => {
        release();
        if (nth < DELIVERIES) this.deliver(burst, receivedAt + VISIBILITY_MS, nth + 1);
      });
    });
  }
}
