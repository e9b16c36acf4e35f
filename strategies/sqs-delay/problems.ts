import type { Schedule } from "../../schedule/schedule";
import { jsonBytes } from "../json-text";
import type { Problem, Refuse } from "../strategy";
import { arnBytes, tooManyTargets } from "../target-policies";
import { MOST_PACERS, mostAtOnce, pacersAtOnce } from "./capacity";
import type { SqsDelaySettings } from "./settings";

/** The event of an asynchronous invocation takes 256 KB (Lambda quotas, before October 2025), with a margin for the tick. */
const PAYLOAD_BYTES = 250_000;

/** All schedules with their payloads and targets are in each function's zip, and its memory. A zip that is uploaded takes 50 MB. */
const SCHEDULES_BYTES = 20_000_000;

/** What this clock cannot be, or cannot serve. */
export function delayProblems(
  settings: SqsDelaySettings,
  schedules: readonly Schedule[],
  _at: "strategy" | "retiring",
  targetPatterns: readonly string[] = [],
): Problem[] {
  const problems: Problem[] = [];
  const refuse: Refuse = (path, message) => problems.push({ path, message });
  let bytes = 0;
  schedules.forEach(({ payload, overdue, targets }, k) => {
    if (settings.claims === "instants" && overdue === "latest") {
      const path = ["schedules", k, "overdue"];
      refuse(path, 'needs a claim of each tick, and "claims" is "instants". Write "skip", or claims: "ticks".');
    }
    const own = jsonBytes(payload);
    bytes += own + arnBytes(targets ?? []);
    if (own > PAYLOAD_BYTES) {
      const path = ["schedules", k, "payload"];
      refuse(path, `is longer than ${PAYLOAD_BYTES} bytes as JSON. Put it in S3 or a table, and its key here.`);
    }
  });
  if (bytes > SCHEDULES_BYTES) {
    const message = `have payloads and targets of ${bytes} bytes as JSON, and the functions' zips have ${SCHEDULES_BYTES}. Put large payloads in S3 or a table, and their keys here.`;
    refuse(["schedules"], message);
  }
  const tooMany = tooManyTargets(schedules, targetPatterns, "the pacer");
  if (tooMany) refuse(["schedules"], tooMany);
  const pacers = pacersAtOnce(settings.pacerMemory, schedules);
  if (pacers > MOST_PACERS) {
    refuse(
      ["schedules"],
      `would need ${pacers} pacers at once, each for ${mostAtOnce(settings.pacerMemory)} dispatches at one instant, and Lambda allows ${MOST_PACERS} for a queue. Give them other phases, write pacerMemory: 1769, or divide them among several environments.`,
    );
  }
  return problems;
}
