import { MINUTE_MS } from "../../schedule/duration";
import type { Schedule } from "../../schedule/schedule";
import { jsonBytes } from "../json-text";
import type { Problem, Refuse } from "../strategy";
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

/** What a loop with these settings cannot be, or cannot serve. @param at the field that names the strategy. */
export function loopProblems(settings: SfnLoopSettings, schedules: readonly Schedule[], at: string): Problem[] {
  const problems: Problem[] = [];
  const refuse: Refuse = (path, message) => problems.push({ path, message });
  for (const [k, schedule] of schedules.entries()) checkSchedule(settings, schedule, ["schedules", k], refuse);
  checkSettings(settings, at, refuse);
  return problems;
}

function checkSchedule(
  { pacing, duplicateCheck }: SfnLoopSettings,
  { intervalMs, phaseMs, payload }: Schedule,
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
