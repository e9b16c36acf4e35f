import { arn, globalArn } from "../arn";
import { functionLogGroup, machineLogGroup, physicalName } from "../naming";

/** An environment, as its ARNs have it. */
export interface EnvironmentPlace {
  /** Its name. */
  readonly environment: string;
  readonly account: string;
  readonly region: string;
}

/** ARN patterns of what the clock's stack of an environment holds, by kind. */
export interface ManagedArns {
  readonly alarms: string;
  readonly dashboards: string;
  readonly functions: string;
  /** Log groups of functions. */
  readonly functionLogs: string;
  readonly machines: string;
  /** Log groups of state machines. */
  readonly machineLogs: string;
  readonly queues: string;
  readonly roles: string;
  readonly rules: string;
  readonly tables: string;
  readonly topics: string;
}

/**
 * All that is named `metronome-<env>-…`: what CI manages of an environment, and nothing else. No other environment's
 * names match, because none of the same account may begin with this one's name (config/rules-among.ts).
 */
export function managedArns({ environment, account, region }: EnvironmentPlace): ManagedArns {
  const named = physicalName(environment, "*");
  const here = (service: string, resource: string) => arn(service, region, account, resource);
  return {
    alarms: here("cloudwatch", `alarm:${named}`),
    dashboards: globalArn("cloudwatch", region, account, `dashboard/${named}`),
    functions: here("lambda", `function:${named}`),
    functionLogs: here("logs", `log-group:${functionLogGroup(named)}`),
    machines: here("states", `stateMachine:${named}`),
    machineLogs: here("logs", `log-group:${machineLogGroup(named)}`),
    queues: here("sqs", named),
    roles: globalArn("iam", region, account, `role/${named}`),
    rules: here("events", `rule/${named}`),
    tables: here("dynamodb", `table/${named}`),
    topics: here("sns", named),
  };
}
