import type { StrategyConfig } from "../../config/types";

/** One way to keep time that an environment can name, and what there is to say of it beside figures. */
export interface Variant {
  /** As a recorded benchmark names its run. */
  readonly id:
    | "sfn-loop-clock-standard"
    | "sfn-loop-clock-express"
    | "sfn-loop-relative-standard"
    | "sfn-loop-relative-express"
    | "lambda-clock";
  readonly title: string;
  /** What to write into `config/environments.ts`. */
  readonly strategy: StrategyConfig;
  /** What happens when a rule fires twice, comes up to 59 s late, or does not come once. */
  readonly onDoubledFiring: string;
  readonly onLateFiring: string;
  readonly onLostFiring: string;
  readonly limits: string;
  readonly chooseWhen: string;
}

const NOTHING_DOUBLED = "nothing doubled: the minute is claimed";
const CLAIMED_AHEAD = "no tick lost: the run before has claimed ahead";
const GAP = "a gap, then the minute runs late";
const MINUTE_LOST = "that minute's ticks are lost";

/** All variants, in the order they are shown: the first that serves an interval is the one to begin with. */
export const VARIANTS: readonly Variant[] = [
  {
    id: "sfn-loop-clock-standard",
    title: "sfn-loop, clock, STANDARD",
    strategy: { kind: "sfn-loop" },
    onDoubledFiring: NOTHING_DOUBLED,
    onLateFiring: CLAIMED_AHEAD,
    onLostFiring: `${CLAIMED_AHEAD} (a horizon of 3 survives one)`,
    limits: "1 s to 24 h, whole seconds. Billed by transition: dear at short intervals",
    chooseWhen: "you begin, or want each run's history in the console",
  },
  {
    id: "sfn-loop-clock-express",
    title: "sfn-loop, clock, EXPRESS",
    strategy: { kind: "sfn-loop", machineType: "EXPRESS" },
    onDoubledFiring: NOTHING_DOUBLED,
    onLateFiring: CLAIMED_AHEAD,
    onLostFiring: `${CLAIMED_AHEAD} (a horizon of 3 survives one)`,
    limits: "1 s to 24 h, whole seconds. A horizon of 4 at most; no history, only the log of failed runs",
    chooseWhen: "you tick below a minute for long, and cost counts",
  },
  {
    id: "sfn-loop-relative-standard",
    title: "sfn-loop, relative, STANDARD",
    strategy: { kind: "sfn-loop", pacing: "relative" },
    onDoubledFiring: "the duplicate check stops one of two runs, best effort",
    onLateFiring: GAP,
    onLostFiring: MINUTE_LOST,
    limits: "intervals that divide a minute, from 5 s. Drifts within the minute; no phase, no claims",
    chooseWhen: "you want the published loop, to compare with",
  },
  {
    id: "sfn-loop-relative-express",
    title: "sfn-loop, relative, EXPRESS",
    strategy: { kind: "sfn-loop", pacing: "relative", machineType: "EXPRESS", duplicateCheck: false },
    onDoubledFiring: "every tick of the minute is doubled: EXPRESS has no duplicate check",
    onLateFiring: GAP,
    onLostFiring: MINUTE_LOST,
    limits: "intervals that divide a minute. Drifts within the minute; no phase, no claims",
    chooseWhen: "a doubled or lost tick does not matter, and nothing may cost",
  },
  {
    id: "lambda-clock",
    title: "lambda-clock",
    strategy: { kind: "lambda-clock" },
    onDoubledFiring: "nothing doubled: the tick is claimed",
    onLateFiring: "no tick lost: the firing before stands by",
    onLostFiring: "no tick lost: the firing before stands by (a horizon of 2 survives one)",
    limits: "whole minutes, at second 0. Schedules take 3,900 bytes with their payloads",
    chooseWhen: "you tick at whole minutes, to many targets by a topic",
  },
];
