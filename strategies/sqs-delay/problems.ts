import type { Schedule } from "../../schedule/schedule";
import { jsonBytes } from "../json-text";
import type { Problem, Refuse } from "../strategy";
import { MOST_PACERS, mostAtOnce, pacersAtOnce } from "./capacity";
import type { SqsDelaySettings } from "./settings";

/** The event of an asynchronous invocation takes 256 KB (Lambda quotas, before October 2025), with a margin for the tick. */
const PAYLOAD_BYTES = 250_000;

/** All schedules with their payloads are in each function's zip, and its memory. A zip that is uploaded takes 50 MB. */
const SCHEDULES_BYTES = 20_000_000;

/** A role's inline policies take 10,240 characters (IAM quotas). This much of the pacer's is left to the targets' ARNs. */
const POLICY_BYTES = 9_000;

/** What this clock cannot be, or cannot serve. */
export function delayProblems(settings: SqsDelaySettings, schedules: readonly Schedule[]): Problem[] {
  const problems: Problem[] = [];
  const refuse: Refuse = (path, message) => problems.push({ path, message });
  let bytes = 0;
  schedules.forEach(({ payload, overdue }, k) => {
    if (settings.claims === "instants" && overdue === "latest") {
      const path = ["schedules", k, "overdue"];
      refuse(path, 'needs a claim of each tick, and "claims" is "instants". Write "skip", or claims: "ticks".');
    }
    const own = jsonBytes(payload);
    bytes += own;
    if (own > PAYLOAD_BYTES) {
      const path = ["schedules", k, "payload"];
      refuse(path, `is longer than ${PAYLOAD_BYTES} bytes as JSON. Put it in S3 or a table, and its key here.`);
    }
  });
  if (bytes > SCHEDULES_BYTES) {
    const message = `have payloads of ${bytes} bytes as JSON, and the functions' zips have ${SCHEDULES_BYTES}. Put large ones in S3 or a table, and their keys here.`;
    refuse(["schedules"], message);
  }
  checkTargets(schedules, refuse);
  const pacers = pacersAtOnce(settings.pacerMemory, schedules);
  if (pacers > MOST_PACERS) {
    refuse(
      ["schedules"],
      `would need ${pacers} pacers at once, each for ${mostAtOnce(settings.pacerMemory)} dispatches at one instant, and Lambda allows ${MOST_PACERS} for a queue. Give them other phases, write pacerMemory: 1769, or divide them among several environments.`,
    );
  }
  return problems;
}

function checkTargets(schedules: readonly Schedule[], refuse: Refuse): void {
  const targets = new Set(schedules.flatMap((schedule) => schedule.targets ?? []));
  const bytes = [...targets].reduce((sum, arn) => sum + arn.length + '"",'.length, 0);
  if (bytes <= POLICY_BYTES) return;
  refuse(
    ["schedules"],
    `name targets whose ARNs take ${bytes} bytes, and the pacer's role, which names each, has ${POLICY_BYTES}. Name a topic, and subscribe the functions to it.`,
  );
}
