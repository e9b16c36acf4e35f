import type { Settings } from "../schedule/clock";
import { msToDuration } from "../schedule/duration";
import type { Schedule } from "../schedule/schedule";
import { isFunction } from "../schedule/target";
import { findStrategy, kinds, sameClock, strategyOf } from "../strategies";
import { CI_TARGETS_BYTES, ciTargetBytes, ciTargets } from "../strategies/ci-targets";
import type { Problem, Refuse } from "../strategies/strategy";
import { resolveMonitoring, resolveSchedule, shortestInterval } from "./environment";
import { checkHours } from "./hours-rules";
import type { EnvironmentFields } from "./schema";
import { checkTargetPatterns, checkTargets, checkTopicKeys, isForeign } from "./target-rules";

type ScheduleFields = EnvironmentFields["schedules"][number];

/**
 * A dashboard takes 500 widgets (CloudWatch quotas): seven for a schedule, and eleven for the rest, the alarms of 69
 * schedules during a handover included.
 */
const DASHBOARD_WIDGETS = 500;
const WIDGETS_A_SCHEDULE = 7;
const DASHBOARD_SCHEDULES = Math.floor((DASHBOARD_WIDGETS - 11) / WIDGETS_A_SCHEDULE);

/** A resource takes 50 tags, and the stacks set two (AWS Tagging). */
const TAGS = 48;

type Path = Problem["path"];

/**
 * What the fields of one environment must be together. @param environment a draft: fields that are wrong on their own have
 * stand-ins.
 */
export function problemsAcross(environment: EnvironmentFields): Problem[] {
  const { schedules, strategy, retiring } = environment;
  const problems: Problem[] = [];
  const refuse: Refuse = (path, message) => problems.push({ path, message });
  const resolved = schedules.map((schedule) => resolveSchedule(schedule, environment));
  if (retiring) checkHandover(strategy, retiring, refuse);
  checkNote(environment, [], refuse);
  checkMonitoring(environment, refuse);
  checkDashboard(environment, refuse);
  checkTags(environment, refuse);
  checkTopicKeys(environment, refuse);
  checkTargetPatterns(environment, refuse);
  checkNames(schedules, refuse);
  schedules.forEach((schedule, k) => {
    checkNote(schedule, ["schedules", k], refuse);
    checkPhase(schedule, ["schedules", k, "phase"], refuse);
    checkLead(schedule, ["schedules", k, "lead"], refuse);
    checkHours(schedule, resolved[k] as Schedule, ["schedules", k], refuse);
    checkTargets(schedule, environment, ["schedules", k, "targets"], refuse);
  });
  const { targetPatterns } = environment;
  problems.push(...clockProblems(strategy, resolved, "strategy", targetPatterns));
  // A clock without a grid is refused as a whole in a handover.
  if (retiring && hasGrid(retiring)) problems.push(...clockProblems(retiring, resolved, "retiring", targetPatterns));
  checkCi(environment, resolved, refuse);
  checkEncryption(environment, refuse);
  checkAccessLogs(environment, refuse);
  checkReservedConcurrency(environment, resolved, refuse);
  return problems;
}

function clockProblems(
  settings: Settings,
  schedules: readonly Schedule[],
  at: "strategy" | "retiring",
  patterns: readonly string[],
): Problem[] {
  const problems = findStrategy(settings.kind)?.problems(settings, schedules, at, patterns) ?? [];
  return problems.map((problem) => {
    const schedule = problem.unserved;
    const others = kinds().filter((kind) => kind !== settings.kind && schedule && servesInterval(kind, schedule));
    if (others.length === 0) return problem;
    return {
      ...problem,
      message: `${problem.message} Or take ${others.map((kind) => `"${kind}"`).join(" or ")}, which serves it.`,
    };
  });
}

function servesInterval(kind: string, schedule: Schedule): boolean {
  return findStrategy(kind)?.serve(schedule).note === null;
}

function hasGrid(settings: Settings): boolean {
  return findStrategy(settings.kind)?.timing(settings).grid ?? true;
}

/** A handover's two clocks share ticks, so they are two, and both have a grid. */
function checkHandover(strategy: Settings, retiring: Settings, refuse: Refuse): void {
  if (!findStrategy(strategy.kind) || !findStrategy(retiring.kind)) return;
  for (const [field, settings] of Object.entries({ retiring, strategy })) {
    if (!hasGrid(settings)) {
      refuse(
        [field],
        'has no grid for its ticks: two clocks could not tell that they run the same tick. Leave "retiring" out, for a direct switch with a pause.',
      );
    }
  }
  for (const [field, settings] of Object.entries({ retiring, strategy })) {
    const unseen = strategyOf(settings).timing(settings).unseenClaims;
    if (unseen) {
      refuse(
        [field, unseen.field],
        `keeps the other clock from seeing its claims, and ticks would be dispatched twice. Write ${unseen.instead}, deploy that alone, and hand over 10 minutes later.`,
      );
    }
  }
  if (hasGrid(strategy) && hasGrid(retiring) && sameClock(strategy, retiring)) {
    const name = strategyOf(strategy).name(strategy);
    refuse(["retiring"], `is the clock that "strategy" is, ${name}, which is changed in place. Leave it out.`);
  }
}

/** A note belongs to a pause, and to nothing else. */
function checkNote({ enabled, note }: Pick<ScheduleFields, "enabled" | "note">, at: Path, refuse: Refuse): void {
  const path = [...at, "note"];
  if (!enabled && note === undefined) {
    refuse(path, 'is no reason for the pause. Write why, such as note: "database migration".');
  }
  if (enabled && note !== undefined) {
    refuse(path, "belongs to a pause, and nothing is paused here. Leave it out, or write enabled: false.");
  }
}

function checkMonitoring({ monitoring, account, region }: EnvironmentFields, refuse: Refuse): void {
  const { alarmEmail, alarmTopicArn } = monitoring;
  if (monitoring.metrics === false && monitoring.alarms) {
    refuse(["monitoring", "alarms"], 'is made of metrics, and "metrics" is false. Leave one of the two out.');
  }
  for (const field of ["dashboard", "p99SkewMs"] as const) {
    if (monitoring.metrics !== "schedules" && monitoring[field]) {
      refuse(["monitoring", field], 'needs metrics of schedules. Write metrics: "schedules", or leave it out.');
    }
  }
  if (monitoring.metrics === "schedules" && monitoring.alarms === false && monitoring.p99SkewMs !== undefined) {
    refuse(["monitoring", "p99SkewMs"], "is for alarms, and alarms are off. Leave it out, or let alarms be on.");
  }
  for (const field of ["alarmEmail", "alarmTopicArn"] as const) {
    if (!resolveMonitoring(monitoring).alarms && monitoring[field] !== undefined) {
      refuse(["monitoring", field], "is for alarms, and alarms are off. Leave it out, or let alarms be on.");
    }
  }
  if (alarmEmail !== undefined && alarmTopicArn !== undefined) {
    refuse(
      ["monitoring", "alarmEmail"],
      'would be subscribed to a topic that is not ours: "alarmTopicArn" names one. Subscribe it there, and leave it out here.',
    );
  }
  if (alarmTopicArn !== undefined && isForeign(alarmTopicArn, { account, region })) {
    refuse(
      ["monitoring", "alarmTopicArn"],
      `is not in this environment's account and region (${account}, ${region}), and alarms reach no other. Name a topic there.`,
    );
  }
}

function checkDashboard({ monitoring, schedules }: EnvironmentFields, refuse: Refuse): void {
  if (!resolveMonitoring(monitoring).dashboard || schedules.length <= DASHBOARD_SCHEDULES) return;
  refuse(
    ["schedules"],
    `are ${schedules.length}, and a dashboard has ${WIDGETS_A_SCHEDULE} widgets for each: ${DASHBOARD_SCHEDULES} at most, because CloudWatch takes ${DASHBOARD_WIDGETS} widgets. Write fewer, monitoring: { dashboard: false }, or several environments.`,
  );
}

function checkTags({ tags = {} }: EnvironmentFields, refuse: Refuse): void {
  const count = Object.keys(tags).length;
  if (count > TAGS) refuse(["tags"], `are ${count}, and AWS takes ${TAGS} beside the stacks' own two. Remove some.`);
}

function checkNames(schedules: readonly ScheduleFields[], refuse: Refuse): void {
  const names = new Set<string>();
  schedules.forEach(({ name }, k) => {
    if (name === "" || !names.has(name)) {
      names.add(name);
      return;
    }
    refuse(["schedules", k, "name"], "is another schedule's name too. Give each its own: tick ids are made of it.");
  });
}

function checkPhase({ interval: written, phase }: ScheduleFields, path: Path, refuse: Refuse): void {
  const interval = shortestInterval(written);
  if (phase === "auto" || phase < interval) return;
  refuse(
    path,
    `is not below the interval, ${msToDuration(interval)}. Write the rest after division by it: "${msToDuration(phase % interval)}".`,
  );
}

/** A tick is handed over after the one before it, and to targets that are known to hold it. */
function checkLead({ interval: written, lead, targets = [] }: ScheduleFields, path: Path, refuse: Refuse): void {
  const interval = shortestInterval(written);
  if (lead === 0) return;
  if (lead >= interval) {
    refuse(path, `is not shorter than the interval, ${msToDuration(interval)}. Write a shorter one, or leave it out.`);
  }
  const sentTo = targets.find((arn) => !isFunction(arn));
  if (sentTo === undefined) return;
  refuse(
    path,
    `is for targets that hold a tick until its instant, and what receives ticks from ${sentTo} is not known. Name the functions themselves as targets, or leave it out.`,
  );
}

function checkCi(
  { account, ci, strategy, retiring }: EnvironmentFields,
  schedules: readonly Schedule[],
  refuse: Refuse,
): void {
  if (!ci) return;
  const providerAccount = ci.oidcProviderArn?.split(":")[4];
  if (providerAccount !== undefined && account !== "" && providerAccount !== account) {
    refuse(
      ["ci", "oidcProviderArn"],
      `is not in this environment's account, ${account}, and a role trusts its own account's provider only. Write that one's ARN, or leave it out to have it created.`,
    );
  }
  const bytes = ciTargetBytes(ciTargets(schedules, retiring ? [strategy, retiring] : [strategy]));
  if (bytes > CI_TARGETS_BYTES) {
    refuse(
      ["schedules"],
      `name functions whose ARNs take ${bytes} bytes, and CI's roles, which name each, have ${CI_TARGETS_BYTES}. Name a topic, and subscribe the functions to it, or take a strategy that invokes them itself.`,
    );
  }
}

function checkEncryption({ region, encryption = {} }: EnvironmentFields, refuse: Refuse): void {
  for (const [field, arn] of Object.entries(encryption)) {
    if (arn === undefined || region === "" || arn.split(":")[3] === region) continue;
    refuse(
      ["encryption", field],
      `is not in this environment's region, ${region}, and AWS takes keys of that alone. Name a key there.`,
    );
  }
}

function checkAccessLogs({ backend: { bucket, accessLogBucket } }: EnvironmentFields, refuse: Refuse): void {
  if (accessLogBucket === undefined || accessLogBucket !== bucket) return;
  refuse(
    ["backend", "accessLogBucket"],
    "is the state's own bucket: each log that is written would be an access to log. Name another bucket.",
  );
}

/** Lambda refuses what is beyond the reserved concurrency, and the ticks of such an invocation are missed. */
function checkReservedConcurrency(
  environment: EnvironmentFields,
  schedules: readonly Schedule[],
  refuse: Refuse,
): void {
  const { reservedConcurrency, strategy, retiring } = environment;
  if (reservedConcurrency === undefined) return;
  const most = [strategy, retiring].map((settings) =>
    settings ? (findStrategy(settings.kind)?.peakConcurrency(settings, schedules) ?? 1) : 1,
  );
  const needed = Math.max(...most);
  if (reservedConcurrency >= needed) return;
  refuse(
    ["reservedConcurrency"],
    `is below ${needed}, the invocations that a function of this clock may have at one instant, and Lambda refuses the others. Write ${needed} or more, or leave it out.`,
  );
}
