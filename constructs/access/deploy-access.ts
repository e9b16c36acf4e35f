import type { Allow } from "../policy";
import { managedArns } from "./managed-arns";
import { type AccessPlace, useVariablesKey } from "./plan-access";
import { withOwn } from "./with-own";

/** What the registered strategies take in addition to what all clocks share. */
export interface OwnChanges {
  /** Changes of their resources. */
  readonly own: readonly Allow[];
  /** Services that functions of the clock are called by: no other may be let in, and no other account. */
  readonly callers: readonly string[];
  /** Services that the clock's roles are handed to, in addition to Lambda. */
  readonly roleTakers: readonly string[];
}

/** What is subscribed to the clock's topics: functions, and the address that gets alarms. */
const SUBSCRIBED = ["email", "lambda"];

/**
 * What creating, changing and deleting the clock's stack takes, in addition to what planning takes: recorded from real
 * deployments (`npm run record-calls`), and a few changes that none of those makes (the tests list them).
 *
 * A role could be a way around this list, because a principal that may create a role and use it may do all that the role
 * may. So a role is given actions only while it is behind the boundary, and no action here takes it from there, or
 * changes it.
 *
 * @param boundary ARN of the policy that bounds the clock's roles.
 */
export function changeResources(place: AccessPlace, boundary: string, strategies: OwnChanges): Allow[] {
  const managed = managedArns(place);
  const before: Allow[] = [
    {
      actions: [
        "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:DeleteFunctionEventInvokeConfig",
        "lambda:PutFunctionConcurrency",
        "lambda:PutFunctionEventInvokeConfig",
        "lambda:RemovePermission",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunctionCode",
      ],
      resources: [managed.functions],
    },
    {
      actions: ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"],
      resources: [managed.functions],
      // Without layers: a layer is code that no plan shows, and it may be another account's.
      condition: { Null: { "lambda:Layer": "true" } },
    },
    {
      actions: ["lambda:AddPermission"],
      resources: [managed.functions],
      condition: { StringEquals: { "lambda:Principal": sorted(strategies.callers) } },
    },
    ...useVariablesKey(place, "kms:CreateGrant", "kms:Encrypt"),
    ...subscribeTargets(place),
    {
      actions: [
        "dynamodb:CreateTable",
        "dynamodb:DeleteTable",
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ],
      resources: [managed.tables],
    },
    {
      actions: [
        "events:DeleteRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:TagResource",
        "events:UntagResource",
      ],
      resources: [managed.rules],
    },
  ];
  return withOwn(before, strategies.own, [
    {
      actions: [
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ],
      resources: [managed.functionLogs],
    },
    {
      actions: ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
      resources: [managed.queues],
    },
    {
      actions: [
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:SetSubscriptionAttributes",
        "sns:SetTopicAttributes",
        "sns:TagResource",
        "sns:Unsubscribe",
        "sns:UntagResource",
      ],
      resources: [managed.topics],
    },
    {
      actions: ["sns:Subscribe"],
      resources: [managed.topics],
      condition: { StringEquals: { "sns:Protocol": SUBSCRIBED } },
    },
    {
      actions: [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ],
      resources: [managed.alarms],
    },
    {
      actions: [
        "cloudwatch:DeleteDashboards",
        "cloudwatch:PutDashboard",
        // Dashboards have tags since June 2026, and a later provider sets them (hashicorp/terraform-provider-aws#48548).
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ],
      resources: [managed.dashboards],
    },
    // Neither knows a resource: a saved query is a text in the console, and nothing runs by it.
    { actions: ["logs:DeleteQueryDefinition", "logs:PutQueryDefinition"], resources: ["*"] },
    ...changeRoles(managed.roles, boundary, sorted(["lambda.amazonaws.com", ...strategies.roleTakers])),
    ...changePolicies(managed.roles, managed.policies, boundary),
  ]);
}

/** In one order, so that the order of the registry changes no policy. */
function sorted(services: readonly string[]): string[] {
  return [...new Set(services)].sort();
}

function changeRoles(roles: string, boundary: string, takers: readonly string[]): Allow[] {
  return [
    {
      actions: [
        "iam:CreateRole",
        // Puts roles behind the boundary that were made before there was one.
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
      ],
      resources: [roles],
      condition: { StringEquals: { "iam:PermissionsBoundary": boundary } },
    },
    // These grant nothing.
    {
      actions: ["iam:DeleteRole", "iam:DeleteRolePolicy", "iam:TagRole", "iam:UntagRole"],
      resources: [roles],
    },
    {
      actions: ["iam:PassRole"],
      resources: [roles],
      condition: { StringEquals: { "iam:PassedToService": takers } },
    },
  ];
}

/**
 * Policies for more targets than a role's own policy holds. A policy grants nothing until a role has it, and a role gets these
 * alone, and only behind the boundary. A policy outside of their path may be a role's that has no boundary yet: it is not
 * written here.
 */
function changePolicies(roles: string, policies: string, boundary: string): Allow[] {
  return [
    {
      actions: [
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:TagPolicy",
        "iam:UntagPolicy",
      ],
      resources: [policies],
    },
    {
      actions: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      resources: [roles],
      condition: {
        StringEquals: { "iam:PermissionsBoundary": boundary },
        ArnLike: { "iam:PolicyARN": policies },
      },
    },
  ];
}

/** The functions that schedules name are others'; all that is changed of them is whether the clock's topic may call them. */
function subscribeTargets({ targetFunctions: resources }: AccessPlace): Allow[] {
  if (resources.length === 0) return [];
  return [
    {
      actions: ["lambda:AddPermission"],
      resources,
      condition: { StringEquals: { "lambda:Principal": "sns.amazonaws.com" } },
    },
    { actions: ["lambda:RemovePermission"], resources },
  ];
}
