import { TickCollector } from "../../cli/report/records";
import type { TickEvent } from "../../cli/report/tick-log";
import type { BurstQueue } from "../../functions/planner/plan-bursts";
import type { PlannedMinutes } from "../../functions/planner/planned-minutes";
import type { Claim, Ledger } from "../../functions/runtime/ledger";
import type { Answered } from "../../functions/runtime/prepared-request";
import type { TickRunner } from "../../functions/runtime/run-tick";
import { DispatchError } from "../../functions/runtime/targets";
import type { Burst } from "../../schedule/bursts";
import type { LogEvent } from "../../schedule/events";
import { gridText } from "../../schedule/grid";
import { judgeOf } from "../../schedule/judge";
import type { DueTick, ScheduleTiming, Span } from "../../schedule/outcome";
import { type HandPauses, pauseAt, pauseField } from "../../schedule/pause";
import { iso, type TickMessage } from "../../schedule/tick";
import { LambdaError, type Sandbox } from "../asl/loop-machine";
import { claimOf, type Row } from "./simulated-runner";
import type { VirtualTime } from "./virtual-time";

/** The longest wait for an answer to one try of a claim, in ms, and how often a claim is tried. */
const LEDGER_ANSWERS_WITHIN_MS = 300;
const LEDGER_TRIES = 3;

/** The longest wait for an answer to a dispatch, in ms; half an interval if that is shorter. */
const TARGET_ANSWERS_WITHIN_MS = 3_000;

/** The same for a batch of messages to a queue. */
const QUEUE_ANSWERS_WITHIN_MS = 1_000;
const QUEUE_TRIES = 3;

/**
 * What becomes of a request: it is answered; it is refused, which is certain; it is lost on its way; or it arrives, and the
 * answer is lost. One that is answered too late is one whose answer is lost.
 */
export type Fate = "answered" | "refused" | "lost" | "unanswered";

/** A request on its way. */
export interface Asked {
  readonly to: "ledger" | "target" | "queue";
  /** The row, the tick, or the number of bursts. */
  readonly id: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** What a play leaves to chance. */
export interface Nature {
  /** What becomes of a request, and when its answer is there, in ms. */
  readonly fate: (asked: Asked) => { readonly fate: Fate; readonly ms: number };
  /** How long an invocation that begins now lives, in ms, if it is not ended by its time-out before. */
  readonly livesMs: () => number;
  /** How far the clock of the sandbox that gets an invocation is ahead, in ms; negative if it is behind. */
  readonly aheadMs: () => number;
}

/** A dispatch as it was tried. */
export interface Dispatch {
  readonly id: string;
  readonly fate: Fate;
}

/** A sandbox, and what a planner has besides. */
export interface PlanningSandbox extends Sandbox {
  readonly planned: (plan: string) => PlannedMinutes;
  /** @param arrive takes bursts as they reach the queue, when they were sent by the sandbox's clock, and the longest lead. */
  readonly queue: (arrive: (bursts: readonly Burst[], now: number, leadMs: number) => void) => BurstQueue;
}

/**
 * A ledger, a target and a log that several sandboxes share, in virtual time. A request goes through the limits that the
 * clients have. A sandbox that has ended does nothing more; what it had sent still arrives.
 */
export class World {
  readonly rows = new Map<string, Row>();
  /** The rows of planned minutes. */
  readonly minutes = new Map<number, { readonly slots: number; readonly plan?: string }>();
  readonly dispatches: Dispatch[] = [];
  /** Ticks as the target got them. */
  readonly arrivals: { readonly id: string; readonly at: number }[] = [];
  readonly events: TickEvent[] = [];
  /** The pauses that were begun by hand. */
  private handPauses: HandPauses = {};
  /** The claimants whose invocation ended before it answered, or whose claim was not answered. */
  readonly ended = new Set<string>();
  private readonly ends = new Set<() => void>();

  /** @param intervalMs that of the schedule. */
  constructor(
    readonly time: VirtualTime,
    private readonly nature: Nature,
    private readonly intervalMs: number,
  ) {}

  /**
   * A sandbox for one invocation that begins now.
   *
   * @param timeoutMs after which Lambda ends it.
   */
  sandbox(source: string, claimLeadMs: number, timeoutMs: number): PlanningSandbox {
    const { time } = this;
    const ahead = this.nature.aheadMs();
    const endsAt = time.now() + Math.min(timeoutMs, this.nature.livesMs());
    const claimants = new Set<string>();
    let over = false;
    let timer: number | undefined;
    let end: () => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      end = () => {
        if (over) return;
        over = true;
        for (const claimant of claimants) this.ended.add(claimant);
        reject(new LambdaError("Lambda.Unknown"));
      };
      if (Number.isFinite(endsAt)) timer = time.at(endsAt, end);
    });
    ended.catch(() => undefined);
    this.ends.add(end);
    const living = async <T>(work: Promise<T>): Promise<T> => {
      const [result] = await Promise.allSettled([work]);
      if (over) return new Promise<never>(() => undefined);
      if (result.status === "rejected") throw result.reason;
      return result.value;
    };
    const now = () => time.now() + ahead;
    const ledger: Ledger = {
      claimMinute: (scope, minute, run, grid) =>
        living(this.claim(`minute#${scope}#${minute}`, run, now(), gridText(grid))),
      claimTick: (tick, call) => {
        claimants.add(call);
        return living(this.claim(`tick#${tick.id}`, call, now()));
      },
    };
    const runner: TickRunner = {
      clock: { now, waitUntil: (instant) => living(time.waitUntil(instant - ahead)) },
      ledger,
      targets: {
        prepare: async (target, message) => ({
          write: () => living(this.dispatch(target, message, now)),
          abandon: () => undefined,
        }),
        warm: async () => undefined,
      },
      pauses: {
        of: async (schedule, at) => {
          const read = () => this.handPauses;
          const asked = this.tried("ledger", "pauses", LEDGER_ANSWERS_WITHIN_MS, LEDGER_TRIES, read);
          return pauseAt(await living(asked.catch(() => ({}))), schedule, at);
        },
      },
      log: (event) => this.log(event, source),
      metrics: { record: () => undefined, flush: () => undefined },
      claimLeadMs,
    };
    const release = () => {
      over = true;
      time.cancel(timer);
      this.ends.delete(end);
    };
    const planned = (plan: string): PlannedMinutes => {
      const ask = <T>(minute: number, arrive: () => T) =>
        living(this.tried("ledger", `planned#${minute}`, LEDGER_ANSWERS_WITHIN_MS, LEDGER_TRIES, arrive));
      return {
        look: (minute) =>
          ask(minute, () => {
            const row = this.minutes.get(minute);
            if (!row) return "unknown" as const;
            return row.plan === plan ? ("planned" as const) : ("begun" as const);
          }).catch(() => "unknown" as const),
        agreeOnSlots: (minute, slots) =>
          ask(minute, () => {
            const row = this.minutes.get(minute) ?? { slots };
            this.minutes.set(minute, row);
            return row.slots;
          }),
        note: (minute, slots) => ask(minute, () => void this.minutes.set(minute, { slots, plan })),
      };
    };
    const queue = (arrive: (bursts: readonly Burst[], now: number, leadMs: number) => void): BurstQueue => ({
      send: (bursts, leadMs) =>
        living(
          this.tried("queue", String(bursts.length), QUEUE_ANSWERS_WITHIN_MS, QUEUE_TRIES, () =>
            arrive(bursts, now(), leadMs),
          ),
        ),
    });
    return { runner, ended, release, planned, queue };
  }

  /** Somebody pauses a schedule now, until an instant (ms since the epoch). */
  pauseByHand(schedule: string, until: number): void {
    const pause = { since: iso(this.time.now()), until: iso(until), by: "arn:operator", note: "an exercise" };
    this.handPauses = { [pauseField(schedule)]: pause };
  }

  /** Ends every invocation that is under way. */
  endAll(): void {
    for (const end of this.ends) end();
  }

  /** The outcome of every tick that was due in a span, as a report has it. */
  verdicts(timing: ScheduleTiming, span: Span): DueTick[] {
    const collector = new TickCollector();
    for (const event of this.events) collector.add(event);
    const about = collector.circumstances(timing.name);
    if (timing.logsPlans) about.readFrom(Number.NEGATIVE_INFINITY);
    const ticks: DueTick[] = [];
    const judge = judgeOf(timing, span, about, {
      due: (tick) => void ticks.push(tick),
      duplicate: () => undefined,
      offGrid: (id) => {
        throw new Error(`${id} is not on the grid`);
      },
    });
    for (const tick of collector.ticks(timing.name, span)) judge.add(tick);
    judge.end();
    return ticks;
  }

  private log(event: LogEvent, source: string): void {
    if (event.kind !== "run.checked" && event.kind !== "pauses.unread") this.events.push({ ...event, source });
  }

  private async claim(id: string, claimant: string, claimedAt: number, grid?: string): Promise<Claim> {
    const put = () => {
      const row = this.rows.get(id);
      if (!row) this.rows.set(id, { claimant, at: claimedAt, grid });
      return claimOf(row, claimant);
    };
    return this.tried("ledger", id, LEDGER_ANSWERS_WITHIN_MS, LEDGER_TRIES, put).catch((error) => {
      this.ended.add(claimant);
      throw error;
    });
  }

  /** A request that is tried again, as a client does it. @throws Error if no try is answered. */
  private async tried<T>(to: Asked["to"], id: string, withinMs: number, tries: number, arrive: () => T): Promise<T> {
    for (let k = 1; ; k++) {
      const { fate, answer } = await this.send(to, id, withinMs, () => ({ value: arrive() }));
      if (answer) return answer.value;
      if (k === tries) throw new Error(`the ${to}: ${fate}`);
    }
  }

  private async dispatch(target: string, message: TickMessage, now: () => number): Promise<Answered> {
    const { id } = message.tick;
    const writtenAt = now();
    const within = Math.min(TARGET_ANSWERS_WITHIN_MS, this.intervalMs / 2);
    const { fate, answer } = await this.send("target", id, within, () => {
      const at = this.time.now();
      this.arrivals.push({ id, at });
      this.log({ kind: "tick.started", tick: message.tick, startedAt: iso(at) }, "target");
      return true;
    });
    this.dispatches.push({ id, fate });
    if (!answer) throw new DispatchError(target, fate === "refused" ? "refused" : "unknown", new Error(fate));
    return { writtenAt, answeredAt: now(), cpuMs: 0.25 };
  }

  /** @returns the fate, and what `arrive` gave if its answer came within the limit. */
  private async send<T>(to: Asked["to"], id: string, withinMs: number, arrive: () => T) {
    const { time } = this;
    const at = time.now();
    const { fate, ms } = this.nature.fate({ to, id, at });
    let answer: T | undefined;
    if (fate === "answered" || fate === "unanswered") {
      time.at(at + Math.floor(ms / 2), () => {
        answer = arrive();
      });
    }
    const answers = (fate === "answered" || fate === "refused") && ms <= withinMs;
    await time.pause(answers ? ms : withinMs);
    if (answers) return { fate, answer };
    return { fate: fate === "answered" || fate === "refused" ? ("unanswered" as const) : fate, answer: undefined };
  }
}
