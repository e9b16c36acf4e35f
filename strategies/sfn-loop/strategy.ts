import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { FAILED_EXECUTIONS } from "../../schedule/metrics";
import { CLOCK_ASSUMPTIONS, DISPATCH_ASSUMPTIONS, WAIT_ASSUMPTION } from "../assumptions";
import type { Strategy } from "../strategy";
import { ALARMS_PER_FUNCTION } from "../usage";
import { differencesOf, minutes } from "../words";
import { access } from "./access";
import { scheduleOfDefinition } from "./loop-definition";
import { loopProblems } from "./problems";
import { deployedSettings, type SfnLoopSettings, schema } from "./settings";
import { loopUsage } from "./usage";
import { variants } from "./variants";

const MINUTE_S = MINUTE_MS / SECOND_MS;

/** The rule starts an execution each minute; it plans at once. */
const STARTS_WITHIN_S = MINUTE_S;

/** The Step Functions loop. */
export const sfnLoop = {
  kind: "sfn-loop",
  schema,
  deployedSettings,
  hint: '{ kind: "sfn-loop" } (any interval from 1 s)',
  pacings: ["clock", "relative"],

  problems: loopProblems,

  name: (settings) => `${nameOfMachine(settings)}${settings.pacing === "relative" ? " (relative)" : ""}`,
  identity: nameOfMachine,
  literal: ({ machineType }) =>
    machineType === "EXPRESS" ? '{ kind: "sfn-loop", machineType: "EXPRESS" }' : '{ kind: "sfn-loop" }',
  differences: (before, after) =>
    differencesOf({
      pacing: [before.pacing, after.pacing],
      "duplicate check": [onOff(before.duplicateCheck), onOff(after.duplicateCheck)],
      "Iterator memory": [`${before.iteratorMemory} MB`, `${after.iteratorMemory} MB`],
      horizon: [minutes(before.horizon), minutes(after.horizon)],
    }),
  timing: ({ pacing, horizon }) => ({
    grid: pacing === "clock",
    startsWithinS: STARTS_WITHIN_S,
    stopsWithin: "seconds",
    claimsAheadS: horizon * MINUTE_S,
    takesUpChanges:
      pacing === "relative"
        ? `with the rule's next firing, within ${STARTS_WITHIN_S} s of the apply.`
        : `for minutes that are not claimed yet, at most ${minutes(horizon)} after the apply; ticks that are claimed stay as they were.`,
    unseenClaims: null,
    logsPlans: pacing === "clock",
  }),
  assumptions: ({ pacing }) =>
    pacing === "relative" ? DISPATCH_ASSUMPTIONS : [...CLOCK_ASSUMPTIONS, WAIT_ASSUMPTION, ...DISPATCH_ASSUMPTIONS],

  functions: (settings) => ({ dispatchers: [`${rolePrefix(settings)}iterator`], observers: [] }),
  allFunctions: { dispatchers: ["iterator", "express-iterator"], observers: [] },
  byHand: (settings, schedule) => ({
    role: `${rolePrefix(settings)}iterator`,
    machine: { role: `${rolePrefix(settings)}loop-${schedule}`, eventOf: scheduleOfDefinition },
  }),
  // One Iterator a schedule waits for a tick. Schedules share instants, such as second 0.
  concurrency: (_settings, schedules) => schedules.length,
  // Runs that overlap: one begins a minute and lasts its horizon. Each invokes the Iterator once at a time.
  peakConcurrency: ({ pacing, horizon }, { length }) => length * ((pacing === "clock" ? horizon : 1) + 1),

  access,

  usage: (settings, clock, firingSecond) =>
    clock.schedules.flatMap((schedule) => loopUsage(settings, schedule, clock, firingSecond)),
  alarmMetrics: (_settings, schedules) => ALARMS_PER_FUNCTION + schedules * FAILED_EXECUTIONS.length,
  // Only the sample function does, which every function among the targets is taken to be.
  measuresStarts: (_settings, { targets }) => targets.functions > 0,

  variants,
  serve: ({ intervalMs }) => ({ intervalMs, note: null }),
} satisfies Strategy<SfnLoopSettings>;

/** What the physical names and ids of a loop on this type of state machine begin with: both may run during a handover. */
export function rolePrefix({ machineType }: SfnLoopSettings): string {
  return machineType === "EXPRESS" ? "express-" : "";
}

function nameOfMachine({ machineType }: SfnLoopSettings): string {
  return machineType === "EXPRESS" ? "sfn-loop on Express" : "sfn-loop";
}

function onOff(value: boolean): string {
  return value ? "on" : "off";
}
