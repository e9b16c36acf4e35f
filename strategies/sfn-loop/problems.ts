import { MINUTE_MS } from "../../schedule/duration";
import type { Hours } from "../../schedule/hours";
import type { Schedule } from "../../schedule/schedule";
import { jsonBytes } from "../json-text";
import type { Problem, Refuse } from "../strategy";
import { arnBytes, INLINE_BYTES, tooManyTargets } from "../target-policies";
import { PAUSED_BYTES, pausedVariable } from "./paused";
import type { SfnLoopSettings } from "./settings";

/** An Express execution ends after 5 minutes (Step Functions quotas). */
const EXPRESS_LONGEST_MINUTES = 5;

/**
 * Below this interval the article's loop, which drifts about 0.1 s a tick, outlives its minute
 * (60 / 5 × 5.1 s − 5.1 s = 56 s).
 */
const RELATIVE_SHORTEST_WITH_CHECK_MS = 5_000;

/**
 * A state's input takes 256 KiB. The Iterator's holds the payload once, as JSON text inside of JSON, with a margin for the
 * rest.
 */
const PAYLOAD_BYTES = 128 * 1024;

/** The rest of that input is left to the targets of the schedule. */
const SCHEDULE_TARGETS_BYTES = 100 * 1024;

/** Rules that an account's event bus has in a region, by default (EventBridge quotas). Each schedule of a loop has one. */
const RULES = 300;

/** The longest ARN of a state machine without its schedule's name, with the quotes and the comma of a policy. */
const MACHINE_ARN_BYTES = 100;

/** What a loop with these settings cannot be, or cannot serve. @param at the field that names the strategy. */
export function loopProblems(
  settings: SfnLoopSettings,
  schedules: readonly Schedule[],
  at: "strategy" | "retiring",
  targetPatterns: readonly string[] = [],
): Problem[] {
  const problems: Problem[] = [];
  const refuse: Refuse = (path, message) => problems.push({ path, message });
  for (const [k, schedule] of schedules.entries()) checkSchedule(settings, schedule, ["schedules", k], refuse);
  checkSettings(settings, at, refuse);
  checkSizes(settings, schedules, at, refuse);
  const message = tooManyTargets(schedules, targetPatterns, "the Iterator");
  if (message) refuse(["schedules"], message);
  return problems;
}

/** Limits of AWS that many schedules, or many targets, reach. */
function checkSizes(
  { duplicateCheck }: SfnLoopSettings,
  schedules: readonly Schedule[],
  at: "strategy" | "retiring",
  refuse: Refuse,
): void {
  // Beside a retiring loop there is a second one, with as many rules.
  const most = at === "retiring" ? RULES / 2 : RULES;
  if (schedules.length > most) {
    refuse(
      ["schedules"],
      `are ${schedules.length}, and a loop has a rule for each: ${most} at most, because EventBridge takes ${RULES} rules. Write fewer, or put others in another account or region.`,
    );
  }
  const names = pausedVariable(schedules).length;
  if (names > PAUSED_BYTES) {
    refuse(
      ["schedules"],
      `have paused ones whose names take ${names} bytes, and the Iterator's variable has ${PAUSED_BYTES}. Pause fewer, or pause the environment.`,
    );
  }
  const machines = schedules.reduce((sum, { name }) => sum + MACHINE_ARN_BYTES + name.length, 0);
  if (duplicateCheck && machines > INLINE_BYTES) {
    refuse(
      ["schedules"],
      `have state machines whose ARNs take ${machines} bytes, and the role of the duplicate check, which names each, has ${INLINE_BYTES}. Write fewer, duplicateCheck: false, or pacing: "clock".`,
    );
  }
}

function checkSchedule(
  { pacing, duplicateCheck }: SfnLoopSettings,
  { intervalMs, phaseMs, hours, leadMs, targets, payload }: Schedule,
  at: Problem["path"],
  refuse: Refuse,
): void {
  const relative = pacing === "relative";
  if (relative && MINUTE_MS % intervalMs !== 0) {
    refuse(
      [...at, "interval"],
      'does not divide a minute, and relative pacing loops within one minute. Write 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60 s, or pacing: "clock", which serves any.',
    );
  } else if (relative && duplicateCheck && intervalMs < RELATIVE_SHORTEST_WITH_CHECK_MS) {
    refuse(
      [...at, "interval"],
      'is below 5s: a drifting loop outlives its minute there, and the duplicate check would stop the next one. Write "5s" or more, or pacing: "clock".',
    );
  }
  if (relative && phaseMs !== 0) {
    refuse(
      [...at, "phase"],
      'has no meaning under relative pacing, whose ticks have no grid. Leave it out, or write pacing: "clock".',
    );
  }
  if (relative && hours) {
    refuse(
      [...at, decisive(hours)],
      'has no meaning under relative pacing, whose ticks have no grid. Leave it out, or write pacing: "clock".',
    );
  }
  if (relative && leadMs) {
    refuse(
      [...at, "lead"],
      'has no meaning under relative pacing, whose ticks have no instant to be held until. Leave it out, or write pacing: "clock".',
    );
  }
  const ofTargets = arnBytes(targets ?? []);
  if (ofTargets > SCHEDULE_TARGETS_BYTES) {
    refuse(
      [...at, "targets"],
      `take ${ofTargets} bytes, and the input of the Iterator has ${SCHEDULE_TARGETS_BYTES} for the targets of a schedule. Divide them among several schedules, or name a topic.`,
    );
  }
  if (jsonBytes(JSON.stringify(payload)) > PAYLOAD_BYTES) {
    refuse(
      [...at, "payload"],
      `is longer than ${PAYLOAD_BYTES} bytes as JSON text. Put it in S3 or a table, and its key here.`,
    );
  }
}

function checkSettings(
  { machineType, pacing, horizon, duplicateCheck }: SfnLoopSettings,
  at: string,
  refuse: Refuse,
): void {
  const express = machineType === "EXPRESS";
  const relative = pacing === "relative";
  if (express && horizon >= EXPRESS_LONGEST_MINUTES) {
    refuse(
      [at, "horizon"],
      'makes a run longer than the 5 minutes an Express execution may last. Write 4 or less, or machineType: "STANDARD".',
    );
  }
  if (express && relative && duplicateCheck) {
    refuse(
      [at, "machineType"],
      'has no ListExecutions, which the duplicate check needs (on by default with relative pacing). Write machineType: "STANDARD", duplicateCheck: false, or pacing: "clock".',
    );
  }
  if (!relative && duplicateCheck) {
    refuse(
      [at, "duplicateCheck"],
      "is for relative pacing: under clock pacing runs overlap on purpose, and the ledger is the guard. Leave it out.",
    );
  }
  if (relative && horizon !== 1) {
    refuse(
      [at, "horizon"],
      'is for clock pacing: a relative run is its own minute only. Leave it out, or write pacing: "clock".',
    );
  }
}

/** The field by which a schedule has hours; the first of several. */
function decisive({ rates, from }: Hours): "interval" | "active" | "from" | "until" {
  if (rates.length > 1) return "interval";
  if (rates[0]?.active) return "active";
  return from === undefined ? "until" : "from";
}
