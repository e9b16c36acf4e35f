import type { ClockDescription } from "../../schedule/clock";

/** How a plan comment is written. */
export interface RenderOptions {
  /** What a clock costs in a month, in US$. @default none: there is no such column */
  readonly monthlyCostUsd?: (clock: ClockDescription) => number;
  /** The directory of an environment's plan, as a command line names it. @default `plans/<environment>` */
  readonly planDirectory?: (environment: string) => string;
  /** Names the place of a full plan that is too long for the comment. @default "`plan.txt` beside this file" */
  readonly fullPlanIn?: (environment: string) => string;
  /** Longest text, in UTF-8 bytes. @default {@link LONGEST_TEXT} */
  readonly limit?: number;
}

/** How much of a comment fits. */
export interface Room {
  /** Environments whose full plan is left out. */
  readonly withoutPlan: ReadonlySet<string>;
  /** Most addresses, schedules and drifted resources named in a list. */
  readonly listed: number;
  /** Most characters of an error. */
  readonly errorCharacters: number;
  /** Whether there is anything below the verdicts and their table. */
  readonly details: boolean;
}

/** Everything fits. */
export const AMPLE: Room = {
  withoutPlan: new Set(),
  listed: Number.POSITIVE_INFINITY,
  errorCharacters: Number.POSITIVE_INFINITY,
  details: true,
};
