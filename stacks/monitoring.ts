import { Construct } from "constructs";
import { Alarm } from "../constructs/monitoring/alarm";
import { AlarmTopic } from "../constructs/monitoring/alarm-topic";
import {
  type AlarmSpec,
  executionsAlarm,
  failuresAlarm,
  functionAlarms,
  scheduleAlarms,
  totalAlarms,
} from "../constructs/monitoring/clock-alarms";
import { ClockDashboard } from "../constructs/monitoring/clock-dashboard";
import { SavedQueries } from "../constructs/monitoring/saved-queries";
import { functionLogGroup, LONGEST_CLOUDWATCH_NAME, physicalName } from "../constructs/naming";
import type { ClockResources } from "../strategies/clock";
import type { FunctionRoles } from "../strategies/strategy";
import type { ClockStack } from "./clock-stack";

/** A clock that was added: its functions, and its other resources. */
export type WatchedClock = FunctionRoles & ClockResources;

/**
 * Adds the monitoring of an environment: alarms and their topic, the dashboard and saved queries, each if the
 * configuration wants it. What belongs to a schedule stays the same under every clock. What belongs to a clock's functions
 * and state machines is created and destroyed with them.
 *
 * @param clocks the resources of each clock of the environment: one, and in a handover two.
 */
export function addMonitoring(stack: ClockStack, clocks: readonly WatchedClock[]): void {
  const scope = new Construct(stack, "monitoring");
  const { environment, account, region, monitoring: settings } = stack.props;
  const { p99SkewMs } = settings;
  const nameOf = (role: string) => physicalName(environment, role, LONGEST_CLOUDWATCH_NAME);
  const { schedules } = stack.props;
  const functions = clocks.flatMap((clock) => clock.dispatchers);
  const machines = clocks.flatMap((clock) => clock.machines);
  const queueName = stack.physicalName("failures");
  const alarmRoles: string[] = [];

  if (settings.alarms) {
    const topicArn =
      settings.alarmTopicArn ??
      new AlarmTopic(scope, "topic", {
        name: stack.physicalName("alarms"),
        account,
        alarmArnPattern: stack.arnOf("cloudwatch", `alarm:${nameOf("*")}`),
        email: settings.alarmEmail ?? undefined,
      }).arn;
    const add = (id: string, prefix: string, alarms: readonly AlarmSpec[]) => {
      const group = new Construct(scope, id);
      for (const alarm of alarms) {
        const role = `${prefix}${alarm.kind}`;
        alarmRoles.push(role);
        new Alarm(group, alarm.kind, { ...alarm, name: nameOf(role), topicArn });
      }
    };
    if (settings.metrics === "schedules") {
      for (const schedule of schedules) {
        const { name } = schedule;
        add(`schedule-${name}`, `${name}-`, scheduleAlarms(environment, schedule, p99SkewMs));
      }
    } else {
      add("total", "", totalAlarms(environment, schedules));
    }
    add("failures", "", [failuresAlarm(queueName)]);
    for (const role of functions) add(role, `${role}-`, functionAlarms(stack.physicalName(role)));
    // A state machine is a schedule's. Without alarms of schedules the ticks that its failed executions lose are counted.
    if (settings.metrics === "schedules") {
      for (const role of machines) add(role, `${role}-`, [executionsAlarm(machineArn(stack, role))]);
    }
  }
  if (settings.dashboard) {
    new ClockDashboard(scope, "dashboard", {
      name: nameOf("clock"),
      environment,
      region,
      schedules,
      p99SkewMs,
      alarmArns: alarmRoles.map((role) => stack.arnOf("cloudwatch", `alarm:${nameOf(role)}`)),
      functionNames: functions.map((role) => stack.physicalName(role)),
      machineArns: machines.map((role) => machineArn(stack, role)),
      queueName,
    });
  }
  if (settings.queries) {
    const logs = (roles: readonly string[]) =>
      [...new Set(roles)].map((role) => functionLogGroup(stack.physicalName(role)));
    const targets = clocks.flatMap((clock) => clock.observers);
    new SavedQueries(scope, "queries", {
      nameOf: (role) => nameOf(`queries/${role}`),
      clockLogs: logs(functions),
      allLogs: logs([...functions, ...targets, ...(stack.sampleTarget ? ["sample-target"] : [])]),
    });
  }
}

function machineArn(stack: ClockStack, role: string): string {
  return stack.arnOf("states", `stateMachine:${stack.physicalName(role)}`);
}
