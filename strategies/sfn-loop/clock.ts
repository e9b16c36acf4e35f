import { BundledFunction } from "../../constructs/bundled-function";
import type { LoopSchedule } from "../../functions/iterator/iterate";
import { type Schedule, scheduleSpec } from "../../schedule/schedule";
import { type ClockHost, type ClockResources, type ClockRole, dispatchTo } from "../clock";
import { LoopClock } from "./loop-clock";
import { pausedVariable } from "./paused";
import type { SfnLoopSettings } from "./settings";
import { rolePrefix, sfnLoop } from "./strategy";
import { DUPLICATE_CHECK_MEMORY } from "./usage";

/** Longest invocation of the Iterator in s: the lead of a second, the tries of a dispatch, a cold start, and a margin. */
const ITERATOR_TIMEOUT_S = 15;

/** The role in the physical name of the duplicate check. */
const DUPLICATE_CHECK = "duplicate-check";

/**
 * Puts an environment's schedules on Step Functions loops: one state machine and one rule a schedule, one Iterator for
 * all. A loop on Express machines has ids and names of its own, so that it can run beside one on Standard machines
 * while a handover lasts.
 *
 * @returns its state machines.
 */
export function addSfnLoop(host: ClockHost, settings: SfnLoopSettings, role: ClockRole): ClockResources {
  const { pacing, machineType } = settings;
  const { schedules, account } = host;
  const variant = rolePrefix(settings);
  const dispatch = dispatchTo(host, `${variant}iterator`);
  const iterator = new BundledFunction(host, `${variant}iterator`, {
    ...host.functionSettings,
    source: "iterator",
    name: host.physicalName(`${variant}iterator`),
    description: "Iterator: plans, waits out the last second, and dispatches ticks",
    timeout: ITERATOR_TIMEOUT_S,
    memory: settings.iteratorMemory,
    reservedConcurrency: host.reservedConcurrency,
    environment: {
      LEDGER_TABLE: host.ledger.name,
      ROLE: role,
      // Here and not in the definition: runs that are under way follow it too.
      PAUSED: pausedVariable(schedules),
      ...host.metricsVariables,
    },
    // A relative run claims nothing.
    allow: [...dispatch.allow, host.ledger.pauses, ...(pacing === "clock" ? [host.ledger.claim] : [])],
    managedPolicies: dispatch.managedPolicies,
  });
  const check = settings.duplicateCheck ? addDuplicateCheck(host) : undefined;
  const functionArns = [`${variant}iterator`, ...(check ? [DUPLICATE_CHECK] : [])].map((name) =>
    host.arnOf("lambda", `function:${host.physicalName(name)}`),
  );
  for (const schedule of schedules) {
    const spec: LoopSchedule = {
      ...scheduleSpec(schedule, sfnLoop.kind),
      pacing,
      horizon: settings.horizon,
      overdue: schedule.overdue,
      targets: host.targetsOf(schedule),
      claimScope: `${machineType}#${schedule.name}`,
    };
    const name = host.physicalName(`${variant}loop-${schedule.name}`);
    new LoopClock(host, `${variant}loop-${schedule.name}`, {
      name,
      machineArn: host.arnOf("states", `stateMachine:${name}`),
      ruleArn: host.arnOf("events", `rule/${name}`),
      tracing: host.functionSettings.tracing,
      functionArns,
      ruleRoleName: host.physicalName(`${variant}rule-${schedule.name}`),
      account,
      schedule: spec,
      machineType,
      iteratorArn: iterator.arn,
      duplicateCheckArn: check?.arn,
      failureQueueArn: host.failures.arn,
      logRetentionDays: host.functionSettings.logRetentionDays,
      logKeyArn: host.functionSettings.logKeyArn,
    });
  }
  return { machines: schedules.map(({ name }) => `${variant}loop-${name}`) };
}

function addDuplicateCheck(host: ClockHost): BundledFunction {
  const machine = ({ name }: Schedule) => `stateMachine:${host.physicalName(`loop-${name}`)}`;
  const machines = host.schedules.map((schedule) => host.arnOf("states", machine(schedule)));
  return new BundledFunction(host, DUPLICATE_CHECK, {
    ...host.functionSettings,
    source: "duplicate-check",
    name: host.physicalName(DUPLICATE_CHECK),
    description: "Says whether another run of the same loop goes before this one",
    timeout: 10,
    memory: DUPLICATE_CHECK_MEMORY,
    allow: [{ actions: ["states:ListExecutions"], resources: machines }],
  });
}
