import type { Settings } from "../schedule/clock";
import { msToDuration } from "../schedule/duration";
import type { Schedule } from "../schedule/schedule";
import { functionArns } from "../schedule/target";
import { findStrategy, sameClock, strategyOf } from "../strategies";
import type { Problem } from "../strategies/strategy";
import { resolveMonitoring, resolveSchedule } from "./environment";
import type { EnvironmentFields } from "./schema";

type ScheduleFields = EnvironmentFields["schedules"][number];

/** A managed policy takes 6,144 characters; this much of CI's is left to the ARNs of functions that schedules name. */
const CI_TARGETS_BYTES = 2_500;

/**
 * What the fields of one environment must be together. @param environment a draft: fields that are wrong on their own have
 * stand-ins.
 */
export function problemsAcross(environment: EnvironmentFields): Problem[] {
  const { schedules, strategy, retiring } = environment;
  const resolved = schedules.map((schedule) => resolveSchedule(schedule, environment));
  return [
    ...handoverProblems(strategy, retiring),
    ...noteProblems(environment, []),
    ...schedules.flatMap((schedule, k) => noteProblems(schedule, ["schedules", k])),
    ...monitoringProblems(environment),
    ...doubledNames(schedules),
    ...schedules.flatMap((schedule, k) => [
      ...phaseProblems(schedule, ["schedules", k]),
      ...targetProblems(schedule, environment, ["schedules", k]),
    ]),
    ...clockProblems(strategy, resolved, "strategy"),
    // A clock without a grid is refused as a whole in a handover.
    ...(retiring && hasGrid(retiring) ? clockProblems(retiring, resolved, "retiring") : []),
    ...ciProblems(environment),
  ];
}

function clockProblems(settings: Settings, schedules: readonly Schedule[], at: "strategy" | "retiring"): Problem[] {
  return findStrategy(settings.kind)?.problems(settings, schedules, at) ?? [];
}

function hasGrid(settings: Settings): boolean {
  return findStrategy(settings.kind)?.timing(settings).grid ?? true;
}

/** A handover's two clocks share ticks, so they are two, and both have a grid. */
function handoverProblems(strategy: Settings, retiring: Settings | undefined): Problem[] {
  if (!retiring || !findStrategy(strategy.kind) || !findStrategy(retiring.kind)) return [];
  const relative = [...(hasGrid(retiring) ? [] : ["retiring"]), ...(hasGrid(strategy) ? [] : ["strategy"])].map(
    (field) => ({
      path: [field],
      message:
        'has relative pacing, whose ticks have no grid: two clocks could not tell that they run the same tick. Leave "retiring" out, for a direct switch with a pause.',
    }),
  );
  if (relative.length > 0 || !sameClock(strategy, retiring)) return relative;
  const name = strategyOf(strategy).name(strategy);
  return [
    {
      path: ["retiring"],
      message: `is the clock that "strategy" is, ${name}, which is changed in place. Leave it out.`,
    },
  ];
}

/** A note belongs to a pause, and to nothing else. */
function noteProblems(
  { enabled, note }: Pick<ScheduleFields, "enabled" | "note">,
  at: readonly (string | number)[],
): Problem[] {
  const path = [...at, "note"];
  if (!enabled && note === undefined) {
    return [{ path, message: 'is no reason for the pause. Write why, such as note: "database migration".' }];
  }
  if (enabled && note !== undefined) {
    return [
      { path, message: "belongs to a pause, and nothing is paused here. Leave it out, or write enabled: false." },
    ];
  }
  return [];
}

function monitoringProblems({ monitoring, account, region }: EnvironmentFields): Problem[] {
  const problems: Problem[] = [];
  const refuse = (field: keyof typeof monitoring, message: string) =>
    problems.push({ path: ["monitoring", field], message });
  for (const field of ["alarms", "dashboard"] as const) {
    if (!monitoring.metrics && monitoring[field]) {
      refuse(field, 'is made of metrics, and "metrics" is false. Leave one of the two out.');
    }
  }
  for (const field of ["alarmEmail", "alarmTopicArn", "p99SkewMs"] as const) {
    if (!resolveMonitoring(monitoring).alarms && monitoring[field] !== undefined) {
      refuse(field, "is for alarms, and there are none. Leave it out, or let alarms be on.");
    }
  }
  const { alarmEmail, alarmTopicArn } = monitoring;
  if (alarmEmail !== undefined && alarmTopicArn !== undefined) {
    refuse(
      "alarmEmail",
      'would be subscribed to a topic that is not ours: "alarmTopicArn" names one. Subscribe it there, and leave it out here.',
    );
  }
  if (alarmTopicArn !== undefined && isForeign(alarmTopicArn, { account, region })) {
    refuse(
      "alarmTopicArn",
      `is not in this environment's account and region (${account}, ${region}), and alarms reach no other. Name a topic there.`,
    );
  }
  return problems;
}

function doubledNames(schedules: readonly ScheduleFields[]): Problem[] {
  return schedules.flatMap(({ name }, k) =>
    name === "" || schedules.findIndex((other) => other.name === name) === k
      ? []
      : [
          {
            path: ["schedules", k, "name"],
            message: "is another schedule's name too. Give each its own: tick ids are made of it.",
          },
        ],
  );
}

function phaseProblems({ interval, phase }: ScheduleFields, at: readonly (string | number)[]): Problem[] {
  if (phase < interval) return [];
  return [
    {
      path: [...at, "phase"],
      message: `is not below the interval, ${msToDuration(interval)}. Write the rest after division by it: "${msToDuration(phase % interval)}".`,
    },
  ];
}

function targetProblems(
  { targets = [] }: ScheduleFields,
  environment: Pick<EnvironmentFields, "account" | "region">,
  at: readonly (string | number)[],
): Problem[] {
  return targets.flatMap((arn, k) => {
    if (arn === "") return [];
    const path = [...at, "targets", k];
    if (targets.indexOf(arn) < k) {
      return [{ path, message: "is named before: it would get every tick twice. Name it once." }];
    }
    if (!isForeign(arn, environment)) return [];
    const { account, region } = environment;
    const message = `is not in this environment's account and region (${account}, ${region}). Name a topic there, and subscribe the function to it.`;
    return [{ path, message }];
  });
}

/** Whether an ARN is of another account or region; not if the environment's own cannot be read. */
function isForeign(arn: string, { account, region }: Pick<EnvironmentFields, "account" | "region">): boolean {
  const [, , , arnRegion, arnAccount] = arn.split(":");
  return account !== "" && region !== "" && (arnAccount !== account || arnRegion !== region);
}

function ciProblems({ account, schedules, ci }: EnvironmentFields): Problem[] {
  if (!ci) return [];
  const providerAccount = ci.oidcProviderArn?.split(":")[4];
  const targets = schedules.flatMap((schedule) => schedule.targets ?? []);
  const bytes = functionArns(targets).reduce((sum, one) => sum + one.length, 0);
  return [
    ...(providerAccount !== undefined && account !== "" && providerAccount !== account
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
