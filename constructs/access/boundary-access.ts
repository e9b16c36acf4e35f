import { arn } from "../arn";
import { physicalName } from "../naming";
import type { Allow } from "../policy";
import { QUEUE_ACTIONS, TOPIC_ACTIONS, useTargetKeys } from "../target-access";
import { WRITE_TRACES } from "../unscoped-actions";
import { type EnvironmentPlace, managedArns } from "./managed-arns";
import { withOwn } from "./with-own";

/**
 * The most that any role of an environment's clock may do, even if its own policies allow more: to read and write
 * its ledger, to write its logs and failure queue, to hand ticks to functions, topics and queues, and what its strategies do. The targets are
 * the user's, so their names are not known here: all of the account and region are inside.
 *
 * @param own what the strategies' resources take.
 */
export function boundaryAccess(place: EnvironmentPlace, own: readonly Allow[]): Allow[] {
  const managed = managedArns(place);
  const here = (service: string, resource: string) => arn(service, place.region, place.account, resource);
  const before: Allow[] = [
    { actions: ["lambda:InvokeFunction"], resources: [here("lambda", "function:*")] },
    { actions: TOPIC_ACTIONS, resources: [here("sns", "*")] },
    // The failure queue and the queues of a strategy are inside.
    { actions: QUEUE_ACTIONS, resources: [here("sqs", "*")] },
    // The clock's topics are encrypted with the key that AWS manages for SNS. Its policy lets every publisher use it, but
    // the ARN of the key is not known here, and a boundary may limit what the policy of a resource allows a role. The
    // keys of other topics and of queues are the user's, as these are, and may be another account's.
    ...useTargetKeys([arn("kms", place.region, "*", "key/*")], place.region, ["sns", "sqs"]),
    {
      actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
      resources: [here("dynamodb", `table/${physicalName(place.environment, "ledger")}`)],
    },
  ];
  return withOwn(before, own, [
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [managed.functionLogs] },
    WRITE_TRACES,
    ...(place.variablesKeyArn ? [{ actions: ["kms:Decrypt"], resources: [place.variablesKeyArn] }] : []),
  ]);
}
