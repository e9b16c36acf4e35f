import type { Construct } from "constructs";
import { scheduleSpec } from "../config/schedule-spec";
import type { ScheduleConfig, SfnLoopStrategy } from "../config/types";
import { BundledFunction } from "../constructs/bundled-function";
import { LoopClock } from "../constructs/loop-clock";
import type { Allow } from "../constructs/policy";
import type { LoopSchedule } from "../functions/iterator/iterate";
import { isTopic } from "../schedule/arn";
import { ClockStack, type ClockStackProps, TOPIC_ACTIONS } from "./clock-stack";

export interface SfnLoopStackProps extends ClockStackProps {
  readonly strategy: SfnLoopStrategy;
}

/** Memory of the Iterator in MB: as published, and where it mostly waits. */
const ITERATOR_MEMORY = { relative: 1024, clock: 256 } as const;

/** Longest call of the Iterator in s: the lead of a second, the tries of a dispatch, a cold start, and room. */
const ITERATOR_TIMEOUT_S = 15;

/** An environment whose schedules run on Step Functions loops: one state machine and one rule a schedule, one Iterator for all. */
export class SfnLoopStack extends ClockStack {
  constructor(scope: Construct, id: string, props: SfnLoopStackProps) {
    super(scope, id, props);
    const {
      pacing = "clock",
      machineType = "STANDARD",
      horizon = 3,
      duplicateCheck = pacing === "relative",
    } = props.strategy;
    const iterator = new BundledFunction(this, "iterator", {
      ...this.functionSettings,
      source: "iterator",
      name: this.physicalName("iterator"),
      description: "Iterator: plans, waits out the last second, and dispatches ticks",
      timeout: ITERATOR_TIMEOUT_S,
      memory: props.strategy.iteratorMemory ?? ITERATOR_MEMORY[pacing],
      environment: { LEDGER_TABLE: this.ledger.name },
      // A relative run claims nothing.
      allow: [...this.dispatchTo(props.schedules), ...(pacing === "clock" ? [this.ledger.claim] : [])],
    });
    const check = duplicateCheck ? this.createDuplicateCheck(props.schedules) : undefined;
    for (const schedule of props.schedules) {
      const spec: LoopSchedule = {
        ...scheduleSpec(schedule, "sfn-loop"),
        pacing,
        horizon,
        overdue: schedule.overdue ?? "skip",
        targets: this.targetsOf(schedule),
        claimScope: `${machineType}#${schedule.name}`,
      };
      new LoopClock(this, `loop-${schedule.name}`, {
        name: this.loopName(schedule),
        ruleRoleName: this.physicalName(`rule-${schedule.name}`),
        account: props.account,
        schedule: spec,
        machineType,
        iteratorArn: iterator.arn,
        duplicateCheckArn: check?.arn,
        failureQueueArn: this.failures.arn,
        logRetentionDays: this.functionSettings.logRetentionDays,
      });
    }
  }

  private loopName(schedule: ScheduleConfig): string {
    return this.physicalName(`loop-${schedule.name}`);
  }

  private dispatchTo(schedules: readonly ScheduleConfig[]): Allow[] {
    const targets = [...new Set(schedules.flatMap((schedule) => this.targetsOf(schedule)))];
    const topics = targets.filter(isTopic);
    const functions = targets.filter((target) => !isTopic(target));
    return [
      ...(functions.length > 0 ? [{ actions: ["lambda:InvokeFunction"], resources: functions }] : []),
      ...(topics.length > 0 ? [{ actions: TOPIC_ACTIONS, resources: topics }] : []),
    ];
  }

  private createDuplicateCheck(schedules: readonly ScheduleConfig[]): BundledFunction {
    const machines = schedules.map((schedule) => this.arnOf("states", `stateMachine:${this.loopName(schedule)}`));
    return new BundledFunction(this, "duplicate-check", {
      ...this.functionSettings,
      source: "duplicate-check",
      name: this.physicalName("duplicate-check"),
      description: "Says whether another run of the same loop goes before this one",
      timeout: 10,
      memory: 256,
      allow: [{ actions: ["states:ListExecutions"], resources: machines }],
    });
  }
}
