import { functionArns } from "../schedule/arn";
import { durationToMs, MINUTE_MS, msToDuration } from "../schedule/duration";
import { jsonBytes, jsonTextBytes } from "./json";
import { monitoringProblems } from "./monitoring";
import { handoverProblems, pauseProblems } from "./switching";
import type { EnvironmentConfig, ScheduleConfig, SfnLoopStrategy, StrategyConfig } from "./types";

/** Something wrong with a value in the light of others. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** An Express execution ends after 5 minutes (Step Functions quotas). */
const EXPRESS_LONGEST_MINUTES = 5;

/** Below this interval the article's loop, which drifts about 0.1 s a tick, outlives its minute (60 / 5 × 5.1 s − 5.1 s = 56 s). */
const RELATIVE_SHORTEST_WITH_CHECK_MS = 5_000;

/**
 * Environment variables of a function take 4,096 bytes in all, names included; LambdaClock's schedules are in one, so
 * this much is theirs. Each takes more than what the configuration says of it: times in ms, and the clock's own topic.
 */
const LAMBDA_CLOCK_SCHEDULES_BYTES = 3_880;
const LAMBDA_CLOCK_BYTES_BESIDES = 236;

/** A state's input takes 256 KiB; the Iterator's holds the payload once, as JSON text inside of JSON, with room for the rest. */
const SFN_LOOP_PAYLOAD_BYTES = 128 * 1024;

/** A managed policy takes 6,144 characters; this much of CI's is left to the ARNs of functions that schedules name. */
const CI_TARGETS_BYTES = 2_500;

/** What the fields of one environment must be together. Values that are wrong on their own are passed over here. */
export function combinationProblems(environment: EnvironmentConfig): Problem[] {
  const { schedules } = environment;
  if (!Array.isArray(schedules)) return [];
  return [
    ...handoverProblems(environment),
    ...pauseProblems(environment),
    ...monitoringProblems(environment),
    ...doubledNames(schedules),
    ...schedules.flatMap((schedule: ScheduleConfig, k) => {
      const at = ["schedules", k];
      return [...scheduleProblems(schedule, at), ...targetProblems(schedule, environment, at)];
    }),
    ...clockProblems(environment, "strategy"),
    ...clockProblems(environment, "retiring"),
    ...(environment.ci ? ciProblems(environment) : []),
  ];
}

/** What schedules and settings must be for the clock that `strategy` names or, in a handover, `retiring`. */
function clockProblems(environment: EnvironmentConfig, field: "strategy" | "retiring"): Problem[] {
  const { schedules, [field]: strategy } = environment;
  // A relative clock in a handover is refused as a whole.
  if (field === "retiring" && strategy?.kind === "sfn-loop" && strategy.pacing === "relative") return [];
  return [
    ...schedules.flatMap((schedule, k) => strategyProblems(schedule, strategy, ["schedules", k])),
    ...(strategy?.kind === "sfn-loop" ? loopProblems(strategy, field) : []),
    ...(strategy?.kind === "lambda-clock" ? lambdaClockSize(schedules) : []),
  ];
}

function doubledNames(schedules: readonly ScheduleConfig[]): Problem[] {
  return schedules.flatMap((schedule, k) =>
    !schedule?.name || schedules.findIndex((other) => other?.name === schedule.name) === k
      ? []
      : [
          {
            path: ["schedules", k, "name"],
            message: "is another schedule's name too. Give each its own: tick ids are made of it.",
          },
        ],
  );
}

function scheduleProblems(schedule: ScheduleConfig, at: (string | number)[]): Problem[] {
  const interval = durationToMs(String(schedule?.interval));
  const phase = durationToMs(String(schedule?.phase ?? "0s"));
  return interval && phase !== undefined && phase >= interval
    ? [
        {
          path: [...at, "phase"],
          message: `is not below the interval, ${schedule.interval}. Write the rest after division by it: "${msToDuration(phase % interval)}".`,
        },
      ]
    : [];
}

function targetProblems(
  schedule: ScheduleConfig,
  { account, region }: EnvironmentConfig,
  at: (string | number)[],
): Problem[] {
  if (!Array.isArray(schedule?.targets)) return [];
  return schedule.targets.flatMap((arn: unknown, k, targets: readonly unknown[]) => {
    if (typeof arn === "string" && targets.indexOf(arn) < k) {
      const message = "is named before: it would get every tick twice. Name it once.";
      return [{ path: [...at, "targets", k], message }];
    }
    const [, , service, arnRegion, arnAccount] = String(arn).split(":");
    const foreign = arnAccount !== undefined && (arnRegion !== region || arnAccount !== account);
    return foreign && /^(lambda|sns)$/.test(String(service))
      ? [
          {
            path: [...at, "targets", k],
            message: `is not in this environment's account and region (${account}, ${region}). Name a topic there, and subscribe the function to it.`,
          },
        ]
      : [];
  });
}

function strategyProblems(
  schedule: ScheduleConfig,
  strategy: StrategyConfig | undefined,
  at: (string | number)[],
): Problem[] {
  const interval = durationToMs(String(schedule?.interval));
  if (!interval) return [];
  const phase = durationToMs(String(schedule.phase ?? "0s")) ?? 0;
  const problems: Problem[] = [];
  switch (strategy?.kind) {
    case "lambda-clock":
      if (interval % MINUTE_MS !== 0 || phase % MINUTE_MS !== 0) {
        problems.push({
          path: [...at, interval % MINUTE_MS === 0 ? "phase" : "interval"],
          message:
            'is not whole minutes, and lambda-clock ticks at second 0 of a minute only. Write "1m", or take the strategy that serves any interval from 1 s: "sfn-loop".',
        });
      }
      break;
    case "sfn-loop":
      if (strategy.pacing === "relative" && MINUTE_MS % interval !== 0) {
        problems.push({
          path: [...at, "interval"],
          message:
            'does not divide a minute, and relative pacing loops within one minute. Write 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60 s, or pacing: "clock", which serves any.',
        });
      } else if (
        strategy.pacing === "relative" &&
        strategy.duplicateCheck !== false &&
        interval < RELATIVE_SHORTEST_WITH_CHECK_MS
      ) {
        problems.push({
          path: [...at, "interval"],
          message:
            'is below 5s: a drifting loop outlives its minute there, and the duplicate check would stop the next one. Write "5s" or more, or pacing: "clock".',
        });
      }
      if (strategy.pacing === "relative" && phase !== 0) {
        problems.push({
          path: [...at, "phase"],
          message:
            'has no meaning under relative pacing, whose ticks have no grid. Leave it out, or write pacing: "clock".',
        });
      }
      if (jsonTextBytes(schedule.payload) > SFN_LOOP_PAYLOAD_BYTES) {
        problems.push({
          path: [...at, "payload"],
          message: `is longer than ${SFN_LOOP_PAYLOAD_BYTES} bytes as JSON text. Put it in S3 or a table, and its key here.`,
        });
      }
      break;
    default:
  }
  return problems;
}

function loopProblems(strategy: SfnLoopStrategy, at: "strategy" | "retiring"): Problem[] {
  const express = strategy.machineType === "EXPRESS";
  const relative = strategy.pacing === "relative";
  const problems: Problem[] = [];
  const refuse = (field: keyof SfnLoopStrategy, message: string) => problems.push({ path: [at, field], message });
  if (express && (strategy.horizon ?? 0) >= EXPRESS_LONGEST_MINUTES) {
    refuse(
      "horizon",
      'makes a run longer than the 5 minutes an Express execution may last. Write 4 or less, or machineType: "STANDARD".',
    );
  }
  if (express && relative && strategy.duplicateCheck !== false) {
    refuse(
      "machineType",
      'has no ListExecutions, which the duplicate check needs (on by default with relative pacing). Write machineType: "STANDARD", duplicateCheck: false, or pacing: "clock".',
    );
  }
  if (!relative && strategy.duplicateCheck === true) {
    refuse(
      "duplicateCheck",
      "is for relative pacing: under clock pacing runs overlap on purpose, and the ledger is the guard. Leave it out.",
    );
  }
  if (relative && strategy.horizon !== undefined) {
    refuse(
      "horizon",
      'is for clock pacing: a relative run is its own minute only. Leave it out, or write pacing: "clock".',
    );
  }
  return problems;
}

function lambdaClockSize(schedules: readonly ScheduleConfig[]): Problem[] {
  const bytes = schedules.reduce(
    (sum, schedule) =>
      sum +
      LAMBDA_CLOCK_BYTES_BESIDES +
      [schedule?.name, schedule?.payload, schedule?.targets].reduce<number>((own, value) => own + jsonBytes(value), 0),
    0,
  );
  return bytes > LAMBDA_CLOCK_SCHEDULES_BYTES
    ? [
        {
          path: ["schedules"],
          message: `take ${bytes} bytes with their payloads and targets, and lambda-clock has ${LAMBDA_CLOCK_SCHEDULES_BYTES}. Write fewer, or put large payloads in S3 or a table, and their keys here.`,
        },
      ]
    : [];
}

function ciProblems({ account, schedules, ci }: EnvironmentConfig): Problem[] {
  const providerAccount = String(ci?.oidcProviderArn ?? "").split(":")[4];
  const targets = schedules.flatMap((schedule) => (Array.isArray(schedule?.targets) ? schedule.targets : []));
  const bytes = functionArns(targets.map(String)).reduce((sum, one) => sum + one.length, 0);
  return [
    ...(providerAccount !== undefined && providerAccount !== account
      ? [
          {
            path: ["ci", "oidcProviderArn"],
            message: `is not in this environment's account, ${account}, and a role trusts its own account's provider only. Write that one's ARN, or leave it out to have it created.`,
          },
        ]
      : []),
    ...(bytes > CI_TARGETS_BYTES
      ? [
          {
            path: ["schedules"],
            message: `name functions whose ARNs take ${bytes} bytes, and CI's roles, which name each, have ${CI_TARGETS_BYTES}. Name a topic, and subscribe the functions to it.`,
          },
        ]
      : []),
  ];
}
