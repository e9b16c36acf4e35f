import type { Claim, Ledger } from "../../functions/runtime/ledger";
import type { TickRunner } from "../../functions/runtime/run-tick";
import { DispatchError, type DispatchFailure } from "../../functions/runtime/targets";
import { type Grid, gridText } from "../../schedule/grid";
import type { MetricName } from "../../schedule/metrics";
import { type HandPause, pauseAt } from "../../schedule/pause";
import type { TickMessage } from "../../schedule/tick";
import type { VirtualTime } from "./virtual-time";

/** What a target's service answers to one dispatch. */
export type Answer = "accepted" | DispatchFailure;

/** One try to hand a tick to a target. */
export interface Try {
  readonly target: string;
  readonly message: TickMessage;
  /** When it was written, ms since the epoch. */
  readonly at: number;
  readonly answer: Answer;
}

/** One log line. */
export interface Line {
  readonly event: string;
  readonly at: number;
  readonly fields: { readonly tick?: { readonly id: string }; readonly [key: string]: unknown };
}

export interface SimulationOptions {
  /**
   * What the service answers to a dispatch, and after how long in ms; before that, how long the write takes.
   * @default accepted at once
   */
  readonly answer?: (
    target: string,
    message: TickMessage,
    tries: number,
  ) => { answer: Answer; writeMs?: number; afterMs?: number };
  /**
   * How long a claim takes in ms, half of it before it is decided.
   * @default 0
   */
  readonly claimMs?: () => number;
  /** @default 1000, a serving clock's */
  readonly claimLeadMs?: number;
  /**
   * How long the answer about pauses takes, in ms.
   * @default 0
   */
  readonly pausesMs?: number;
}

/** One value of a metric. */
export interface Recorded {
  readonly schedule: string;
  readonly name: MetricName;
  readonly value: number;
  /** ms since the epoch. */
  readonly at: number;
}

/** A row of the ledger: who holds it, and since when by the claimant's clock (ms since the epoch). */
export interface Row {
  readonly claimant: string;
  readonly at: number;
  /** Of a minute: the grid that the claimant serves. */
  readonly grid?: string;
}

/** A runner in virtual time, and all that happened to it. */
export interface SimulatedRunner extends TickRunner {
  readonly clock: VirtualTime;
  readonly tries: Try[];
  readonly lines: Line[];
  readonly recorded: Recorded[];
  /** When metrics were flushed, ms since the epoch. */
  readonly flushes: number[];
  /** Topics and functions whose connection was opened ahead of time. */
  readonly warmed: string[];
  /** Messages that were prepared and dropped. */
  readonly abandoned: TickMessage[];
  /** Who asked for each claim, including those that were refused. */
  readonly claimants: string[];
  /** The rows of the ledger, by their ids. */
  readonly rows: Map<string, Row>;
  /** The pauses that were begun by hand, by their fields. */
  readonly handPauses: Map<string, HandPause>;
}

const ACCEPT: NonNullable<SimulationOptions["answer"]> = () => ({ answer: "accepted" });

/** A runner whose ledger claims atomically in memory, and whose targets and log record what they are given. */
export function simulatedRunner(clock: VirtualTime, options: SimulationOptions = {}): SimulatedRunner {
  const { answer = ACCEPT, claimMs = () => 0, claimLeadMs = 1_000, pausesMs = 0 } = options;
  const tries: Try[] = [];
  const lines: Line[] = [];
  const recorded: Recorded[] = [];
  const flushes: number[] = [];
  const warmed: string[] = [];
  const abandoned: TickMessage[] = [];
  const claimants: string[] = [];
  const rows: SimulatedRunner["rows"] = new Map();
  const handPauses: SimulatedRunner["handPauses"] = new Map();
  /** How often each tick was written to each target. */
  const written = new Map<string, number>();

  const claim = async (id: string, claimant: string, grid?: Grid): Promise<Claim> => {
    claimants.push(claimant);
    const ms = claimMs();
    await clock.pause(Math.floor(ms / 2));
    const row = rows.get(id);
    if (!row) rows.set(id, { claimant, at: clock.now() + Math.ceil(ms / 2), grid: grid && gridText(grid) });
    await clock.pause(Math.ceil(ms / 2));
    return claimOf(row, claimant);
  };
  const ledger: Ledger = {
    claimMinute: (scope, minute, run, grid) => claim(`minute#${scope}#${minute}`, run, grid),
    claimTick: (tick, call) => claim(`tick#${tick.id}`, call),
  };
  return {
    clock,
    ledger,
    claimLeadMs,
    tries,
    lines,
    recorded,
    flushes,
    warmed,
    abandoned,
    claimants,
    rows,
    handPauses,
    pauses: {
      async of(schedule, at) {
        await clock.pause(pausesMs);
        return pauseAt(Object.fromEntries(handPauses), schedule, at);
      },
    },
    targets: {
      async prepare(target, message) {
        const write = async () => {
          const of = `${target} ${message.tick.id}`;
          const nth = (written.get(of) ?? 0) + 1;
          written.set(of, nth);
          const { answer: given, writeMs = 0, afterMs = 0 } = answer(target, message, nth);
          await clock.pause(writeMs);
          const writtenAt = clock.now();
          tries.push({ target, message, at: writtenAt, answer: given });
          await clock.pause(afterMs);
          if (given !== "accepted") throw new DispatchError(target, given, new Error(given));
          return { writtenAt, answeredAt: clock.now(), cpuMs: 0.25 };
        };
        return { write, abandon: () => void abandoned.push(message) };
      },
      async warm(targets) {
        warmed.push(...targets);
      },
    },
    metrics: {
      record: (schedule, name, value) => void recorded.push({ schedule, name, value, at: clock.now() }),
      flush: () => void flushes.push(clock.now()),
    },
    log: ({ kind, ...fields }) => void lines.push({ event: kind, at: clock.now(), fields }),
  };
}

/** What a put answers that found this row. */
export function claimOf(row: Row | undefined, claimant: string): Claim {
  if (!row || row.claimant === claimant) return { won: true };
  return { won: false, claimedBy: row.claimant, claimedAt: row.at, grid: row.grid ?? null };
}

/** The lines that tell a tick's outcome. */
export function outcomesOf(runner: SimulatedRunner, tickId?: string): Line[] {
  return runner.lines.filter(
    ({ event, fields }) =>
      /^tick\.(dispatched|missed|suppressed)$/.test(event) && (tickId === undefined || fields.tick?.id === tickId),
  );
}

/** Ids of the ticks that targets took, in the order they did. */
export function dispatchedIds(runner: SimulatedRunner): string[] {
  return runner.tries.filter(({ answer }) => answer === "accepted").map(({ message }) => message.tick.id);
}

/** What is wrong with the ticks that were dispatched: the first few of each kind, so that a failure can be read. */
export function amiss(runner: SimulatedRunner, dueIds: readonly string[]) {
  const seen = dispatchedIds(runner);
  const [due, once, unseen] = [new Set(dueIds), new Set(seen), new Set(seen)];
  return {
    missed: dueIds.filter((id) => !once.has(id)).slice(0, 5),
    doubled: seen.filter((id) => !unseen.delete(id)).slice(0, 5),
    notDue: seen.filter((id) => !due.has(id)).slice(0, 5),
  };
}

/** What `amiss` says where every due tick was dispatched exactly once. */
export const NOTHING_AMISS = { missed: [], doubled: [], notDue: [] };

/** Ticks of a grid that were not dispatched at their instant to the ms: id and dispatch skew in ms. */
export function skewed(runner: SimulatedRunner): [string, number][] {
  return runner.tries
    .map(({ at, message }): [string, number] => [message.tick.id, at - Date.parse(message.tick.scheduledAt as string)])
    .filter(([, skew]) => skew !== 0);
}
