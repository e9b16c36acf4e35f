import { arn, globalArn } from "../arn";
import { BOUNDED_PATH, functionLogGroup, physicalName } from "../naming";

/** An environment, as its ARNs have it. */
export interface EnvironmentPlace {
  /** Its name. */
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** ARN of the KMS key of the functions' variables. @default Lambda's own key, which takes no permission */
  readonly variablesKeyArn?: string;
}

/**
 * ARN patterns of all that is named `metronome-<env>-…`, by the kinds that any clock may have: what CI manages of an environment, and nothing else. No other environment's
 * names match, because none of the same account may begin with this one's name (config/rules-among.ts).
 */
export function managedArns({ environment, account, region }: EnvironmentPlace) {
  const named = physicalName(environment, "*");
  const here = (service: string, resource: string) => arn(service, region, account, resource);
  return {
    alarms: here("cloudwatch", `alarm:${named}`),
    dashboards: globalArn("cloudwatch", region, account, `dashboard/${named}`),
    functions: here("lambda", `function:${named}`),
    /** Log groups of functions. */
    functionLogs: here("logs", `log-group:${functionLogGroup(named)}`),
    /** Policies of roles that are behind the boundary. */
    policies: globalArn("iam", region, account, `policy${BOUNDED_PATH}${named}`),
    queues: here("sqs", named),
    roles: globalArn("iam", region, account, `role/${named}`),
    rules: here("events", `rule/${named}`),
    tables: here("dynamodb", `table/${named}`),
    topics: here("sns", named),
  };
}
