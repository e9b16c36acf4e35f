import { arn } from "../arn";
import { physicalName } from "../naming";
import type { Allow } from "../policy";
import { DELIVER_LOGS, WRITE_TRACES } from "../unscoped-actions";
import { type EnvironmentPlace, managedArns } from "./managed-arns";

/**
 * The most that any role of an environment's clock may do, even if its own policies allow more: to run its machines, to
 * write its ledger, logs and failure queue, and to hand ticks to functions and topics. Those are the user's, so their
 * names are not known here: all of the account and region are inside.
 */
export function boundaryAccess(place: EnvironmentPlace): Allow[] {
  const managed = managedArns(place);
  const here = (service: string, resource: string) => arn(service, place.region, place.account, resource);
  return [
    { actions: ["lambda:InvokeFunction"], resources: [here("lambda", "function:*")] },
    { actions: ["sns:Publish", "sns:GetTopicAttributes"], resources: [here("sns", "*")] },
    {
      actions: ["dynamodb:PutItem"],
      resources: [here("dynamodb", `table/${physicalName(place.environment, "ledger")}`)],
    },
    { actions: ["states:StartExecution", "states:ListExecutions"], resources: [managed.machines] },
    { actions: ["sqs:SendMessage"], resources: [managed.queues] },
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [managed.functionLogs] },
    { actions: [...WRITE_TRACES.actions, ...DELIVER_LOGS.actions], resources: ["*"] },
  ];
}
