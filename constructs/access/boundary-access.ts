import { arn } from "../arn";
import { physicalName } from "../naming";
import type { Allow } from "../policy";
import { useTopicKeys } from "../topic-keys";
import { WRITE_TRACES } from "../unscoped-actions";
import { type EnvironmentPlace, managedArns } from "./managed-arns";
import { withOwn } from "./with-own";

/**
 * The most that any role of an environment's clock may do, even if its own policies allow more: to write
 * its ledger, logs and failure queue, to hand ticks to functions and topics, and what its strategies do. The targets are
 * the user's, so their names are not known here: all of the account and region are inside.
 *
 * @param own what the strategies' resources take.
 */
export function boundaryAccess(place: EnvironmentPlace, own: readonly Allow[]): Allow[] {
  const managed = managedArns(place);
  const here = (service: string, resource: string) => arn(service, place.region, place.account, resource);
  const before: Allow[] = [
    { actions: ["lambda:InvokeFunction"], resources: [here("lambda", "function:*")] },
    { actions: ["sns:Publish", "sns:GetTopicAttributes"], resources: [here("sns", "*")] },
    // The clock's topics are encrypted with the key that AWS manages for SNS. Its policy lets every publisher use it, but
    // the ARN of the key is not known here, and a boundary may limit what the policy of a resource allows a role. The
    // keys of other topics are the user's, like the topics, and may be another account's.
    ...useTopicKeys([arn("kms", place.region, "*", "key/*")], place.region),
    {
      actions: ["dynamodb:PutItem"],
      resources: [here("dynamodb", `table/${physicalName(place.environment, "ledger")}`)],
    },
  ];
  return withOwn(before, own, [
    { actions: ["sqs:SendMessage"], resources: [managed.queues] },
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [managed.functionLogs] },
    WRITE_TRACES,
    ...(place.variablesKeyArn ? [{ actions: ["kms:Decrypt"], resources: [place.variablesKeyArn] }] : []),
  ]);
}
