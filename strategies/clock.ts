import type { Construct } from "constructs";
import type { FunctionSettings } from "../constructs/bundled-function";
import type { FailureQueue } from "../constructs/failure-queue";
import { type Allow, policyDocument } from "../constructs/policy";
import type { ManagedPolicy } from "../constructs/service-role";
import { QUEUE_ACTIONS, TOPIC_ACTIONS } from "../constructs/target-access";
import type { TickLedger } from "../constructs/tick-ledger";
import type { Settings } from "../schedule/clock";
import type { Schedule } from "../schedule/schedule";
import { isFunction, isQueue, isTopic } from "../schedule/target";
import { dividedOverPolicies, granted, namedTargets } from "./target-policies";

/**
 * The part of a clock: `serving` on its own or as the new one of a handover, or `retiring` beside the one that
 * takes over, standing by for the ticks that the other does not claim.
 */
export type ClockRole = "serving" | "retiring";

/** What a clock is added to: the scope of its constructs, and what all clocks of an environment share. */
export interface ClockHost extends Construct {
  readonly account: string;
  readonly schedules: readonly Schedule[];
  readonly functionSettings: FunctionSettings;
  /** Of each function that keeps the time, the invocations at one instant that are reserved for it; undefined for none. */
  readonly reservedConcurrency: number | undefined;
  /** Environment variables of a function that records metrics; none if the environment has no metrics. */
  readonly metricsVariables: Readonly<Record<string, string>>;
  readonly ledger: TickLedger;
  readonly failures: FailureQueue;
  /** What a function that hands ticks to the targets' topics and queues needs besides: to use their keys. Empty without keys. */
  readonly targetKeys: readonly Allow[];
  /** ARNs that end with `*`: a role names those in place of the targets that they cover. */
  readonly targetPatterns: readonly string[];
  /** The physical name of a role in this environment. */
  physicalName(role: string): string;
  /** The ARN of a resource in this environment's account and region. */
  arnOf(service: string, resource: string): string;
  /** The ARNs a schedule's ticks go to: its targets, or the sample function. */
  targetsOf(schedule: Schedule): readonly string[];
  /** The same, made of names, so that they are known when the stack is synthesized. */
  targetNamesOf(schedule: Schedule): readonly string[];
}

/** Resources of a clock that are watched in addition to its functions, by the roles in their physical names. */
export interface ClockResources {
  /** State machines. */
  readonly machines: readonly string[];
}

/** The CDKTF side of a strategy. */
export interface Clock<S extends Settings = Settings> {
  /**
   * Adds a clock with these settings. All ids and names are the strategy's own, so that two clocks can be in one stack
   * during a handover.
   */
  addClock(host: ClockHost, settings: S, role: ClockRole): ClockResources;
}

/** What a function takes to hand ticks to targets: what its inline policy allows, and its further policies. */
export interface DispatchAccess {
  readonly allow: readonly Allow[];
  readonly managedPolicies: readonly ManagedPolicy[];
}

/**
 * What a function takes to hand the ticks of an environment's schedules to their targets. Targets that are more than the
 * inline policy holds are in managed ones, all of them; the sample function's ARN and the targets' keys stay inline.
 *
 * @param role the function's, in its physical name.
 */
export function dispatchTo(host: ClockHost, role: string): DispatchAccess {
  const named = granted(namedTargets(host.schedules), host.targetPatterns);
  const parts = dividedOverPolicies(named, host.targetKeys.length > 0 ? policyDocument(host.targetKeys).length : 0);
  const inline = host.schedules.filter(({ targets }) => parts.length === 0 || targets === null);
  const targets = [...new Set(inline.flatMap((schedule) => host.targetsOf(schedule)))];
  return {
    allow: [...reach(granted(targets, host.targetPatterns)), ...host.targetKeys],
    managedPolicies: parts.flatMap((arns, k) => {
      if (arns.length === 0) return [];
      // With an index, because nothing else tells them apart. An ARN's hash chooses its policy, so no policy moves to another index.
      const id = `targets-${k + 1}`;
      const name = host.physicalName(`${role}-${id}`);
      return [{ id, name, description: `Targets of the ${role}, a part of them`, allow: reach(arns) }];
    }),
  };
}

/** What reaching targets of all kinds takes, by their ARNs or patterns. */
function reach(arns: readonly string[]): Allow[] {
  const functions = arns.filter(isFunction);
  return [
    ...(functions.length > 0 ? [{ actions: ["lambda:InvokeFunction"], resources: functions }] : []),
    ...reachTopicsAndQueues(arns.filter(isTopic), arns.filter(isQueue)),
  ];
}

function reachTopicsAndQueues(topics: readonly string[], queues: readonly string[]): Allow[] {
  return [
    ...(topics.length > 0 ? [{ actions: TOPIC_ACTIONS, resources: topics }] : []),
    ...(queues.length > 0 ? [{ actions: QUEUE_ACTIONS, resources: queues }] : []),
  ];
}

/** What a function takes to publish to topics and to send to queues, by their ARNs. */
export function sendTo(host: ClockHost, topics: readonly string[], queues: readonly string[]): Allow[] {
  const { targetPatterns } = host;
  return [
    ...reachTopicsAndQueues(granted(topics, targetPatterns), granted(queues, targetPatterns)),
    ...host.targetKeys,
  ];
}
