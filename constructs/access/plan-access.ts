import { arn, viaService } from "../arn";
import type { Allow } from "../policy";
import { readPauses } from "../tick-ledger";
import { type EnvironmentPlace, managedArns } from "./managed-arns";
import { withOwn } from "./with-own";

/** An environment, and the functions of others that its schedules name as targets. */
export interface AccessPlace extends EnvironmentPlace {
  /** ARNs, with and without their versions and aliases. */
  readonly targetFunctions: readonly string[];
}

/**
 * What Terraform reads of the kinds of resources that the clock's stack has, to refresh them: recorded from real plans
 * and deployments (`npm run record-calls`). No contents: no message, no log
 * line, and no row but that of the pauses by hand.
 *
 * @param own what the strategies' resources take.
 */
export function readResources(place: AccessPlace, own: readonly Allow[]): Allow[] {
  const managed = managedArns(place);
  const before: Allow[] = [
    {
      actions: [
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionConfiguration",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:GetPolicy",
        "lambda:ListTags",
        "lambda:ListVersionsByFunction",
      ],
      resources: [managed.functions],
    },
    ...(place.targetFunctions.length > 0 ? [{ actions: ["lambda:GetPolicy"], resources: place.targetFunctions }] : []),
    {
      actions: [
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:ListTagsOfResource",
      ],
      resources: [managed.tables],
    },
    // The plan's comment shows what is paused by hand.
    readPauses(managed.tables),
    {
      actions: ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"],
      resources: [managed.rules],
    },
  ];
  return withOwn(before, own, [
    {
      actions: [
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
      ],
      resources: [managed.roles],
    },
    {
      actions: ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"],
      resources: [managed.policies],
    },
    ...useVariablesKey(place, "kms:Decrypt"),
    { actions: ["logs:ListTagsForResource"], resources: [managed.functionLogs] },
    { actions: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"], resources: [managed.queues] },
    {
      actions: [
        "sns:GetSubscriptionAttributes",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTagsForResource",
      ],
      resources: [managed.topics],
    },
    { actions: ["cloudwatch:GetDashboard"], resources: [managed.dashboards] },
    { actions: ["cloudwatch:ListTagsForResource"], resources: [managed.alarms, managed.dashboards] },
    // A search: IAM checks it against all alarms of the account and region, and not against the names in the request.
    { actions: ["cloudwatch:DescribeAlarms"], resources: [arn("cloudwatch", place.region, place.account, "alarm:*")] },
    // None of these knows a resource: searches over names.
    {
      actions: ["logs:DescribeLogGroups", "logs:DescribeQueryDefinitions"],
      resources: ["*"],
    },
  ]);
}

/**
 * What reading or changing the functions' variables takes of the key they are encrypted with, through Lambda alone
 * (Lambda Developer Guide, "Securing Lambda environment variables").
 */
export function useVariablesKey({ region, variablesKeyArn }: EnvironmentPlace, ...actions: readonly string[]): Allow[] {
  if (!variablesKeyArn) return [];
  const condition = { StringEquals: { "kms:ViaService": viaService("lambda", region) } };
  return [{ actions, resources: [variablesKeyArn], condition }];
}
