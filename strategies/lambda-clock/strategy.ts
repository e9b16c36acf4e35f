import { MINUTE_MS, msToDuration, SECOND_MS } from "../../schedule/duration";
import type { Schedule } from "../../schedule/schedule";
import { isFunction } from "../../schedule/target";
import { CLOCK_ASSUMPTIONS, DISPATCH_ASSUMPTIONS, TOPIC_ASSUMPTION } from "../assumptions";
import { asciiJson, asciiJsonBytes } from "../json-text";
import type { Problem, Strategy, Variant } from "../strategy";
import { ALARMS_PER_FUNCTION } from "../usage";
import { differencesOf, minutes } from "../words";
import { deployedSettings, type LambdaClockSettings, schema } from "./settings";
import { publishingUsage, wakingUsage } from "./usage";

/**
 * Environment variables of a function take 4,096 bytes in all, names included. The schedules are in one of LambdaClock's,
 * and have this much. Each takes more than its name, payload, topics and queues: the fields' names, times in ms, and, if it has a
 * function among its targets, the ARN of its own topic, which ends with its name.
 */
const SCHEDULES_BYTES = 3_880;
const BYTES_A_SCHEDULE = 140;
const BYTES_AN_OWN_TOPIC = 90;
const BYTES_A_LEAD = 15;
const BYTES_HOURS = 10;

/** A rule fires within a minute, and the function then waits for second 0 of the next one. */
const STARTS_WITHIN_S = (2 * MINUTE_MS) / SECOND_MS;

const FUNCTIONS = { dispatchers: ["LambdaClock"], observers: ["latency-analyser"] } as const;

/** LambdaClock. */
export const lambdaClock = {
  kind: "lambda-clock",
  schema,
  deployedSettings,
  hint: '{ kind: "lambda-clock" } (whole minutes, at second 0)',
  pacings: [],

  problems: (_settings, schedules) => [...schedules.flatMap(scheduleProblems), ...sizeProblems(schedules)],

  name: () => "lambda-clock",
  identity: () => "lambda-clock",
  literal: () => '{ kind: "lambda-clock" }',
  differences: (before, after) =>
    differencesOf({
      "clock memory": [`${before.clockMemory} MB`, `${after.clockMemory} MB`],
      horizon: [minutes(before.horizon), minutes(after.horizon)],
    }),
  timing: ({ horizon }) => ({
    grid: true,
    startsWithinS: STARTS_WITHIN_S,
    stopsWithin: minutes(horizon),
    claimsAheadS: (horizon * MINUTE_MS) / SECOND_MS,
    takesUpChanges: `at once in new invocations; one that is under way ends as it began, at most ${minutes(horizon)} after the apply.`,
    unseenClaims: null,
    logsPlans: false,
  }),
  assumptions: () => [...CLOCK_ASSUMPTIONS, ...DISPATCH_ASSUMPTIONS, TOPIC_ASSUMPTION],

  functions: () => FUNCTIONS,
  allFunctions: FUNCTIONS,
  byHand: () => ({ role: FUNCTIONS.dispatchers[0] }),
  // A firing runs to the end of its horizon, and the next one comes after a minute. The analyser gets all ticks at once.
  concurrency: ({ horizon }, schedules) => horizon + 1 + schedules.length,
  // One begins a minute and lasts its horizon, with the margin of its timeout.
  peakConcurrency: ({ horizon }) => horizon + 2,

  // Its kinds of resources are those that all clocks have.
  access: {
    plan: [],
    deploy: [],
    boundary: [],
    callers: ["events.amazonaws.com", "sns.amazonaws.com"],
    subscribesTargets: true,
    roleTakers: [],
  },

  usage: (settings, { schedules, tracing }, firingSecond) => [
    ...wakingUsage(settings, schedules, tracing, firingSecond),
    ...schedules.flatMap((schedule) => publishingUsage(settings, schedule)),
  ],
  alarmMetrics: () => ALARMS_PER_FUNCTION,
  // The analyser is subscribed to the topics that functions are subscribed to, and to no topic or queue of the user's.
  measuresStarts: (_settings, { targets }) => targets.functions > 0,

  variants: [
    {
      id: "lambda-clock",
      title: "lambda-clock",
      strategy: { kind: "lambda-clock" },
      onDoubledFiring: "nothing doubled: the tick is claimed",
      onLateFiring: "no tick lost: the firing before stands by",
      onLostFiring: "no tick lost: the firing before stands by (a horizon of 2 survives one)",
      limits: `whole minutes, at second 0. Schedules take at most ${SCHEDULES_BYTES.toLocaleString("en")} bytes with their payloads, topics and queues`,
      chooseWhen: "you tick at whole minutes, to many targets by a topic",
      bench: { environment: "bench-minutely", intervalMs: MINUTE_MS, phaseMs: 0 },
    },
  ] as readonly Variant[],
  serve: ({ name, intervalMs }) =>
    intervalMs % MINUTE_MS === 0
      ? { intervalMs, note: null }
      : {
          intervalMs: MINUTE_MS,
          note: `${name} ticks every 1m instead of ${msToDuration(intervalMs)}: lambda-clock serves whole minutes`,
        },
} satisfies Strategy<LambdaClockSettings>;

function scheduleProblems(schedule: Schedule, k: number): Problem[] {
  const { intervalMs, phaseMs } = schedule;
  if (intervalMs % MINUTE_MS === 0 && phaseMs % MINUTE_MS === 0) return [];
  return [
    {
      path: ["schedules", k, intervalMs % MINUTE_MS === 0 ? "phase" : "interval"],
      message: 'is not whole minutes, and lambda-clock ticks at second 0 of a minute only. Write "1m".',
      unserved: schedule,
    },
  ];
}

function sizeProblems(schedules: readonly Schedule[]): Problem[] {
  const bytes = schedules.reduce((sum, schedule) => sum + bytesOf(schedule), 0);
  if (bytes <= SCHEDULES_BYTES) return [];
  return [
    {
      path: ["schedules"],
      message: `take ${bytes} bytes with their payloads, topics and queues, and lambda-clock has ${SCHEDULES_BYTES}. Write fewer, or put large payloads in S3 or a table, and their keys here.`,
    },
  ];
}

/** Bytes that a schedule takes in LambdaClock's variable, at most. */
function bytesOf({ name, payload, targets, leadMs, hours }: Schedule): number {
  const sentTo = targets?.filter((arn) => !isFunction(arn)) ?? [];
  const own = targets === null || sentTo.length < targets.length ? BYTES_AN_OWN_TOPIC + name.length : 0;
  const timed = hours ? BYTES_HOURS + asciiJson(JSON.stringify(hours)).length : 0;
  const fields = BYTES_A_SCHEDULE + (leadMs ? BYTES_A_LEAD : 0) + timed;
  return fields + asciiJsonBytes(name) + asciiJsonBytes(payload) + asciiJsonBytes(sentTo) + own;
}
