import type { Environment } from "../../config/environment";
import { ALL_SCHEDULES, type HandPause, pauseField } from "../../schedule/pause";
import { iso } from "../../schedule/tick";
import { heldAt, nameOf, whoAndWhy } from "../lib/hand-pauses";
import { shellWord } from "../lib/shell-word";
import { awsAccess, callerOf } from "./aws-access";
import { PauseRow } from "./pause-row";

/** What is to be paused, for how long, and why. */
export interface PauseOptions {
  /** The name of one schedule. @default all of the environment */
  readonly schedule?: string;
  readonly forMs: number;
  readonly note: string;
}

/**
 * Pauses a deployed environment, or one of its schedules, by hand.
 *
 * @param now ms since the epoch.
 * @returns what was done, in sentences.
 * @throws Error with a remedy.
 */
export async function pause(
  environment: Environment,
  { schedule, forMs, note }: PauseOptions,
  now = Date.now(),
): Promise<string> {
  const access = await awsAccess(environment);
  const by = await callerOf(environment, access);
  const begun: HandPause = { since: iso(now), until: iso(now + forMs), by, note };
  const field = schedule === undefined ? ALL_SCHEDULES : pauseField(schedule);
  const replaced = await new PauseRow(environment.environment, access).begin(field, begun, now);
  const name = environment.environment;
  const command = `npx metronome resume ${name}${schedule === undefined ? "" : ` --schedule ${shellWord(schedule)}`}`;
  return [
    `${name}: ${nameOf(field)} ${isOrAre(field)} paused until ${begun.until}. A tick that is due within seconds may still come, and the next one is due at or after that instant.`,
    ...(replaced ? [`Before, it was until ${replaced.until}: ${whoAndWhy(replaced)}.`] : []),
    `To end it earlier: ${command}`,
  ].join("\n");
}

/**
 * Ends pauses by hand.
 *
 * @param schedule the name of the schedule whose own pause is ended. @default all pauses of the environment
 * @param now ms since the epoch.
 * @returns what was done, in sentences.
 * @throws Error with a remedy, also if all schedules are paused together and one is to be resumed.
 */
export async function resume(environment: Environment, schedule?: string, now = Date.now()): Promise<string> {
  const name = environment.environment;
  const access = await awsAccess(environment);
  await callerOf(environment, access);
  const row = new PauseRow(name, access);
  const all = schedule === undefined ? undefined : heldAt(await row.read(), now)[ALL_SCHEDULES];
  if (all) {
    throw new Error(
      `${name}: all schedules are paused together until ${all.until}, and one alone cannot be resumed (${whoAndWhy(all)}). Resume all: npx metronome resume ${name}`,
    );
  }
  const isMeant = (field: string) => schedule === undefined || field === pauseField(schedule);
  const ended = Object.entries(await row.end(isMeant, now));
  const lines = ended.map(
    ([field, one]) =>
      `${name}: ${nameOf(field)} ${isOrAre(field)} resumed. Paused since ${one.since}: ${whoAndWhy(one)}.`,
  );
  const what = schedule ?? "no schedule";
  const none = `${name}: ${what} is ${schedule === undefined ? "" : "not "}paused by hand.`;
  return [...(lines.length > 0 ? lines : [none]), ...pausedByConfiguration(environment, schedule)].join("\n");
}

/**
 * The pauses by hand of a deployed environment, one a line.
 *
 * @param now ms since the epoch.
 * @throws Error with a remedy.
 */
export async function listPauses(environment: Environment, now = Date.now()): Promise<string> {
  const name = environment.environment;
  const access = await awsAccess(environment);
  await callerOf(environment, access);
  const held = Object.entries(heldAt(await new PauseRow(name, access).read(), now));
  const lines = held.map(
    ([field, one]) => `${name}: ${nameOf(field)} ${isOrAre(field)} paused until ${one.until}: ${whoAndWhy(one)}.`,
  );
  return [
    ...(lines.length > 0 ? lines : [`${name}: no schedule is paused by hand.`]),
    ...pausedByConfiguration(environment),
  ].join("\n");
}

function isOrAre(field: string): string {
  return field === ALL_SCHEDULES ? "are" : "is";
}

function pausedByConfiguration({ environment, schedules }: Environment, name?: string): string[] {
  const paused = schedules.filter((one) => one.paused !== null && (name === undefined || one.name === name));
  if (paused.length === 0) return [];
  const names = paused.map((one) => one.name).join(", ");
  return [
    `${environment}: the configuration pauses ${names}. To resume, remove "enabled: false" from config/environments.ts and deploy.`,
  ];
}
