import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { CLOCK_ASSUMPTIONS, DISPATCH_ASSUMPTIONS } from "../assumptions";
import type { Strategy, Variant } from "../strategy";
import { ALARMS_PER_FUNCTION } from "../usage";
import { differencesOf, minutes } from "../words";
import { access } from "./access";
import { pacersAllowed, pacersAtOnce } from "./capacity";
import { delayProblems } from "./problems";
import { deployedSettings, type SqsDelaySettings, schema } from "./settings";
import { sharedUsage, tickUsage } from "./usage";

const MINUTE_S = MINUTE_MS / SECOND_MS;

const FUNCTIONS = { dispatchers: ["planner", "pacer"], observers: [] } as const;

/** Delayed bursts in a queue. */
export const sqsDelay = {
  kind: "sqs-delay",
  schema,
  deployedSettings,
  hint: '{ kind: "sqs-delay" } (any interval from 1 s, any number of schedules)',
  pacings: [],

  problems: delayProblems,

  name: () => "sqs-delay",
  identity: () => "sqs-delay",
  literal: () => '{ kind: "sqs-delay" }',
  differences: (before, after) =>
    differencesOf({
      "pacer memory": [`${before.pacerMemory} MB`, `${after.pacerMemory} MB`],
      horizon: [minutes(before.horizon), minutes(after.horizon)],
      claims: [before.claims, after.claims],
    }),
  timing: ({ horizon, claims }) => ({
    grid: true,
    // The rule starts the planner within a minute, and it plans at once.
    startsWithinS: MINUTE_S,
    stopsWithin: "seconds",
    claimsAheadS: horizon * MINUTE_S,
    takesUpChanges:
      "with the rule's next firing, within a minute of the apply; a burst that is under way ends as it began, within 20 s.",
    unseenClaims: claims === "ticks" ? null : { field: "claims", instead: '"ticks"' },
    logsPlans: true,
  }),
  assumptions: () => [...CLOCK_ASSUMPTIONS, ...DISPATCH_ASSUMPTIONS],

  functions: () => FUNCTIONS,
  allFunctions: FUNCTIONS,
  byHand: () => ({ role: "pacer" }),
  concurrency: ({ pacerMemory }, schedules) => 1 + pacersAtOnce(pacerMemory, schedules),
  peakConcurrency: ({ pacerMemory }, schedules) => pacersAllowed(pacerMemory, schedules),

  access,

  usage: (settings, clock) => [
    ...sharedUsage(settings, clock),
    ...clock.schedules.flatMap((schedule) => tickUsage(settings, schedule)),
  ],
  alarmMetrics: () => FUNCTIONS.dispatchers.length * ALARMS_PER_FUNCTION,
  measuresStarts: (_settings, { targets }) => targets.functions > 0,

  variants: [
    {
      id: "sqs-delay",
      title: "sqs-delay",
      strategy: { kind: "sqs-delay" },
      onDoubledFiring: "nothing doubled: the tick is claimed",
      onLateFiring: "no tick lost: the minute was planned before",
      onLostFiring: "no tick lost: the minute was planned before (a horizon of 4 survives two in a row)",
      limits: "1 s to 24 h, whole seconds. At most 1,000 pacers at once: some 6,000 dispatches at one instant",
      chooseWhen: "you have many schedules, or want the lowest price",
      bench: { environment: "bench-delay", intervalMs: 10 * SECOND_MS, phaseMs: 6 * SECOND_MS },
    },
  ] as readonly Variant[],
  serve: ({ intervalMs }) => ({ intervalMs, note: null }),
} satisfies Strategy<SqsDelaySettings>;
