import type { ClockDescription } from "../../schedule/clock";

/** How a plan comment is written. */
export interface RenderOptions {
  /** What a clock costs in a month, in US$. @default none: there is no such column */
  readonly monthlyCostUsd?: (clock: ClockDescription) => number;
  /** Where an environment's bundle is, as the command that applies it names it. @default `plans/<environment>` */
  readonly bundleDirectory?: (environment: string) => string;
  /** Where the full plan is to be read when the comment has no room for it. @default "`plan.txt` in the bundle" */
  readonly fullPlanIn?: (environment: string) => string;
  /** Longest text, in UTF-8 bytes. @default 65000: GitHub takes 65,536 characters, and no character is less than a byte */
  readonly limit?: number;
}

/** How much of a comment there is room for. */
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

/** Room for everything. */
export const AMPLE: Room = {
  withoutPlan: new Set(),
  listed: Number.POSITIVE_INFINITY,
  errorCharacters: Number.POSITIVE_INFINITY,
  details: true,
};
