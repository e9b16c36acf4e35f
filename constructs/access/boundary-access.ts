import { arn } from "../arn";
import { physicalName } from "../naming";
import type { Allow } from "../policy";
import { WRITE_TRACES } from "../unscoped-actions";
import { type EnvironmentPlace, managedArns } from "./managed-arns";
import { withOwn } from "./with-own";

/**
 * The most that any role of an environment's clock may do, even if its own policies allow more: to write
 * its ledger, logs and failure queue, to hand ticks to functions and topics, and what its strategies do. The targets are
 * the user's, so their names are not known here: all of the account and region are inside.
 *
 * @param own what the strategies' resources take.
 * @param topicKeys the use of the keys of the targets' topics.
 */
export function boundaryAccess(place: EnvironmentPlace, own: readonly Allow[], topicKeys: readonly Allow[]): Allow[] {
  const managed = managedArns(place);
  const here = (service: string, resource: string) => arn(service, place.region, place.account, resource);
  const before: Allow[] = [
    { actions: ["lambda:InvokeFunction"], resources: [here("lambda", "function:*")] },
    { actions: ["sns:Publish", "sns:GetTopicAttributes"], resources: [here("sns", "*")] },
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
    ...topicKeys,
  ]);
}
