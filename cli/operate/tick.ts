import { InvokeCommand, LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import { DescribeStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import type { Environment } from "../../config/environment";
import { arn } from "../../constructs/arn";
import { physicalName } from "../../constructs/naming";
import type { HandEvent, HandOrder, HandResult } from "../../functions/runtime/by-hand";
import { KEPT_S } from "../../functions/runtime/ledger";
import { SECOND_MS } from "../../schedule/duration";
import { firstAfter, isOnGrid, lastAtOrBefore } from "../../schedule/grid";
import type { Schedule } from "../../schedule/schedule";
import { iso, type Json } from "../../schedule/tick";
import { strategyOf } from "../../strategies";
import { type AwsAccess, accessFailure, awsAccess, callerOf } from "./aws-access";

/** Which tick is fired. */
export interface TickOptions {
  readonly schedule: string;
  /** The instant of a tick that is repeated, ms since the epoch. @default a tick of its own, now */
  readonly at?: number;
  /** Whether it is repeated although the ledger says that it was dispatched, or cannot say. */
  readonly force: boolean;
  /** @default the schedule's */
  readonly payload?: Json;
  /** The ARN of the one target that gets it. @default all */
  readonly target?: string;
}

/**
 * Has a tick of a deployed schedule dispatched by hand, by the clock's own function.
 *
 * @param now ms since the epoch.
 * @returns what was done, in a sentence.
 * @throws Error with a remedy.
 */
export async function fireTick(environment: Environment, options: TickOptions, now = Date.now()): Promise<string> {
  const name = environment.environment;
  const schedule = environment.schedules.find((one) => one.name === options.schedule) as Schedule;
  if (options.at !== undefined) refuseRepetition(environment, schedule, options.at, options.force, now);
  const access = await awsAccess(environment);
  const by = await callerOf(environment, access);
  const { schedule: _, force, ...rest } = options;
  const order: HandOrder = { schedule: schedule.name, by, ...(force && { force }), ...rest };
  const result = await invoke(environment, access, order);
  switch (result.kind) {
    case "dispatched": {
      const partly = result.error ? ` A target did not accept it: ${result.error}.` : "";
      return `${name}: ${result.id} was dispatched at ${result.dispatchedAt}.${partly}`;
    }
    case "failed":
      throw new Error(
        `${name}: no target accepted ${result.id}: ${result.error}.${options.at === undefined ? "" : " It is claimed by now: repeat it with --force."}`,
      );
    case "not-due":
      throw new Error(
        `${name}: the deployed clock has no tick of ${schedule.name} at ${iso(options.at as number)}, or it is still to come.`,
      );
    case "not-expired":
      throw new Error(`${name}: ${mayCome(options.at as number, result.expiresAt)}`);
    case "claimed":
      throw new Error(
        `${name}: the ledger says that the tick of ${iso(options.at as number)} was claimed${result.claimedAt ? ` at ${result.claimedAt}` : ""}, so it was dispatched, paused by hand, or lost on its way. If \`npx metronome report ${name}\` has it as missed or paused, or the target may get it twice, add --force.`,
      );
    case "unknown-target":
      throw new Error(
        `${name}: ${options.target} is no target of ${schedule.name} as it is deployed. Write one of ${result.targets.join(", ")}.`,
      );
    case "unknown-schedule":
      throw new Error(`${name}: the deployed clock has no schedule ${schedule.name}. Deploy it first.`);
  }
}

function mayCome(at: number, expiresAt: string): string {
  return `the clock itself may dispatch the tick of ${iso(at)} until ${expiresAt}. Wait until then, or add --force.`;
}

/** Refuses to repeat what is no tick, or what may still come, or already came. @throws Error */
function refuseRepetition(
  { environment, strategy }: Environment,
  schedule: Schedule,
  at: number,
  force: boolean,
  now: number,
): void {
  const { grid, unseenClaims } = strategyOf(strategy).timing(strategy);
  const fail = (text: string) => new Error(`${environment}: ${text}`);
  if (!grid) throw fail("relative pacing has no instants, so no tick can be repeated. Leave --at out.");
  if (!isOnGrid(schedule, at)) {
    const near = [lastAtOrBefore(schedule, at), firstAfter(schedule, at)].filter((one) => Number.isFinite(one));
    const write = near.map((one) => iso(one as number)).join(" or ");
    throw fail(
      `no tick of ${schedule.name} was due at ${iso(at)}. ${write ? `Write --at ${write}.` : "It has no tick near."}`,
    );
  }
  if (at > now) {
    throw fail(`the tick of ${iso(at)} is still to come. Leave --at out for a tick of its own, now.`);
  }
  if (force) return;
  const expiresAt = at + schedule.catchUpMs;
  if (expiresAt > now) throw fail(mayCome(at, iso(expiresAt)));
  if (now - expiresAt > KEPT_S * SECOND_MS) {
    throw fail(
      `the ledger keeps claims for a day, so it does not say whether the tick of ${iso(at)} was dispatched. If it is to be repeated in any case, add --force.`,
    );
  }
  if (unseenClaims) {
    throw fail(
      `with ${unseenClaims.field} other than ${unseenClaims.instead} the ledger does not say whether a tick was dispatched. If \`npx metronome report ${environment}\` has it as missed, add --force.`,
    );
  }
}

/** Hands the order to the clock's function, with the schedule as it is deployed if the function does not know it. */
async function invoke(environment: Environment, access: AwsAccess, byHand: HandOrder): Promise<HandResult> {
  const { environment: name, strategy, region, account } = environment;
  const { role, machine } = strategyOf(strategy).byHand(strategy, byHand.schedule);
  const functionName = physicalName(name, role);
  const event: HandEvent & object = {
    ...machine?.eventOf(await definitionOf(environment, access, physicalName(name, machine.role))),
    byHand,
  };
  const { FunctionError, Payload } = await new LambdaClient({ ...access, maxAttempts: 1 })
    .send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }))
    .catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) throw notDeployed(environment, `function ${functionName}`, error);
      const needs = `lambda:InvokeFunction on ${arn("lambda", region, account, `function:${functionName}`)}`;
      throw accessFailure(name, access, error, needs);
    });
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString() || "null") as HandResult | { errorMessage?: string };
  if (FunctionError || !answer || !("kind" in answer)) {
    const why =
      answer && "errorMessage" in answer
        ? answer.errorMessage
        : "it is of a version that fires no tick by hand. Deploy this one";
    throw new Error(`${name}: ${functionName} did not dispatch the tick: ${why}.`);
  }
  return answer;
}

async function definitionOf(environment: Environment, access: AwsAccess, machine: string): Promise<string> {
  const { environment: name, region, account } = environment;
  const stateMachineArn = arn("states", region, account, `stateMachine:${machine}`);
  const { definition = "" } = await new SFNClient({ ...access, maxAttempts: 3 })
    .send(new DescribeStateMachineCommand({ stateMachineArn }))
    .catch((error: unknown) => {
      const { name: kind } = error as Error;
      if (kind === "StateMachineDoesNotExist") throw notDeployed(environment, `state machine ${machine}`, error);
      throw accessFailure(name, access, error, `states:DescribeStateMachine on ${stateMachineArn}`);
    });
  return definition;
}

function notDeployed({ environment, region }: Environment, what: string, cause: unknown): Error {
  return new Error(`${environment}: there is no ${what} in ${region}. Deploy the environment first.`, { cause });
}
