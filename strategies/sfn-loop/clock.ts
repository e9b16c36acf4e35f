import { scheduleSpec } from "../../config/schedule-spec";
import type { ScheduleConfig } from "../../config/types";
import { BundledFunction } from "../../constructs/bundled-function";
import type { Allow } from "../../constructs/policy";
import type { LoopSchedule } from "../../functions/iterator/iterate";
import { isTopic } from "../../schedule/arn";
import { type ClockResources, type ClockRole, type ClockStack, TOPIC_ACTIONS } from "../../stacks/clock-stack";
import { LoopClock } from "./loop-clock";
import type { SfnLoopSettings } from "./settings";
import { DUPLICATE_CHECK_MEMORY } from "./usage";

/** Longest call of the Iterator in s: the lead of a second, the tries of a dispatch, a cold start, and room. */
const ITERATOR_TIMEOUT_S = 15;

/**
 * Puts an environment's schedules on Step Functions loops: one state machine and one rule a schedule, one Iterator for
 * all. A loop on Express machines has ids and names of its own, so that it can run beside one on Standard machines
 * while a handover lasts.
 *
 * @returns what it runs on.
 */
export function addSfnLoop(stack: ClockStack, settings: SfnLoopSettings, role: ClockRole): ClockResources {
  const { pacing, machineType } = settings;
  const { schedules, account } = stack.props;
  const variant = machineType === "EXPRESS" ? "express-" : "";
  const iterator = new BundledFunction(stack, `${variant}iterator`, {
    ...stack.functionSettings,
    source: "iterator",
    name: stack.physicalName(`${variant}iterator`),
    description: "Iterator: plans, waits out the last second, and dispatches ticks",
    timeout: ITERATOR_TIMEOUT_S,
    memory: settings.iteratorMemory,
    environment: {
      LEDGER_TABLE: stack.ledger.name,
      ROLE: role,
      PAUSED: JSON.stringify(pausedNames(stack)),
      ...stack.metricsVariables,
    },
    // A relative run claims nothing.
    allow: [...dispatchTo(stack), ...(pacing === "clock" ? [stack.ledger.claim] : [])],
  });
  const check = settings.duplicateCheck ? addDuplicateCheck(stack) : undefined;
  for (const schedule of schedules) {
    const spec: LoopSchedule = {
      ...scheduleSpec(schedule, "sfn-loop"),
      pacing,
      horizon: settings.horizon,
      overdue: schedule.overdue ?? "skip",
      targets: stack.targetsOf(schedule),
      claimScope: `${machineType}#${schedule.name}`,
    };
    new LoopClock(stack, `${variant}loop-${schedule.name}`, {
      name: stack.physicalName(`${variant}loop-${schedule.name}`),
      ruleRoleName: stack.physicalName(`${variant}rule-${schedule.name}`),
      account,
      schedule: spec,
      machineType,
      iteratorArn: iterator.arn,
      duplicateCheckArn: check?.arn,
      failureQueueArn: stack.failures.arn,
      logRetentionDays: stack.functionSettings.logRetentionDays,
    });
  }
  return {
    functions: [`${variant}iterator`],
    targets: [],
    machines: schedules.map(({ name }) => `${variant}loop-${name}`),
  };
}

/** The Iterator's environment has it, not the definition: runs that are under way follow it too. */
function pausedNames(stack: ClockStack): string[] {
  return stack.props.schedules.filter((schedule) => stack.isPaused(schedule)).map(({ name }) => name);
}

function dispatchTo(stack: ClockStack): Allow[] {
  const targets = [...new Set(stack.props.schedules.flatMap((schedule) => stack.targetsOf(schedule)))];
  const topics = targets.filter(isTopic);
  const functions = targets.filter((target) => !isTopic(target));
  return [
    ...(functions.length > 0 ? [{ actions: ["lambda:InvokeFunction"], resources: functions }] : []),
    ...(topics.length > 0 ? [{ actions: TOPIC_ACTIONS, resources: topics }] : []),
  ];
}

function addDuplicateCheck(stack: ClockStack): BundledFunction {
  const machine = ({ name }: ScheduleConfig) => `stateMachine:${stack.physicalName(`loop-${name}`)}`;
  const machines = stack.props.schedules.map((schedule) => stack.arnOf("states", machine(schedule)));
  return new BundledFunction(stack, "duplicate-check", {
    ...stack.functionSettings,
    source: "duplicate-check",
    name: stack.physicalName("duplicate-check"),
    description: "Says whether another run of the same loop goes before this one",
    timeout: 10,
    memory: DUPLICATE_CHECK_MEMORY,
    allow: [{ actions: ["states:ListExecutions"], resources: machines }],
  });
}
