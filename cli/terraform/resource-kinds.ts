import type { PlannedChange } from "./plan-section";

/** What a reviewer must know of a type of resource before it goes. */
export interface ResourceKind {
  readonly one: string;
  /** The plural. */
  readonly many: string;
  /** What goes with it when it is destroyed, in a few words; undefined if nothing does. */
  readonly destroyed?: string;
  /** What goes with it when it is replaced. @default as when it is destroyed */
  readonly replaced?: string;
  /** Whether it holds data that is lost with it. */
  readonly holdsData?: true;
  /** Whether ticks pass through it. */
  readonly ticks?: true;
  /** Whether it makes the ticks: without it no tick happens. */
  readonly drives?: true;
}

/** The types that these stacks use. */
const KINDS: Readonly<Record<string, ResourceKind>> = {
  aws_cloudwatch_log_group: {
    one: "log group",
    many: "log groups",
    destroyed: "log lines are lost",
    holdsData: true,
  },
  aws_dynamodb_table: {
    one: "ledger",
    many: "ledgers",
    destroyed: "claims are lost",
    replaced: "claims are lost, so ticks could double for a moment",
    holdsData: true,
    ticks: true,
  },
  aws_sqs_queue: { one: "queue", many: "queues", destroyed: "messages are lost", holdsData: true },
  aws_s3_bucket: { one: "bucket", many: "buckets", destroyed: "objects are lost", holdsData: true },
  aws_sfn_state_machine: {
    one: "state machine",
    many: "state machines",
    destroyed: "running executions end",
    ticks: true,
    drives: true,
  },
  aws_cloudwatch_event_rule: {
    one: "rule",
    many: "rules",
    destroyed: "no more firings",
    replaced: "no firings in between",
    ticks: true,
    drives: true,
  },
  aws_cloudwatch_event_target: {
    one: "rule's target",
    many: "rules' targets",
    destroyed: "firings reach nothing",
    replaced: "firings in between reach nothing",
    ticks: true,
  },
  aws_lambda_function: {
    one: "function",
    many: "functions",
    destroyed: "no more invocations",
    replaced: "no invocations in between",
    ticks: true,
  },
  aws_sns_topic: {
    one: "topic",
    many: "topics",
    destroyed: "subscriptions of others are lost",
    holdsData: true,
    ticks: true,
  },
  aws_sns_topic_subscription: {
    one: "subscription",
    many: "subscriptions",
    destroyed: "no more ticks by it",
    replaced: "no ticks in between",
    ticks: true,
  },
  aws_iam_role: {
    one: "IAM role",
    many: "IAM roles",
    destroyed: "access by it ends",
    replaced: "no access by it in between",
    ticks: true,
  },
  aws_iam_role_policy: { one: "role's policy", many: "roles' policies" },
  aws_iam_policy: { one: "IAM policy", many: "IAM policies" },
  aws_iam_openid_connect_provider: {
    one: "OIDC provider",
    many: "OIDC providers",
    destroyed: "workflows in GitHub lose their access",
    replaced: "workflows in GitHub have no access in between",
  },
  aws_lambda_permission: { one: "function's permission", many: "functions' permissions" },
  aws_lambda_function_event_invoke_config: { one: "function's retry setting", many: "functions' retry settings" },
  aws_sqs_queue_policy: { one: "queue's policy", many: "queues' policies" },
  aws_cloudwatch_metric_alarm: {
    one: "alarm",
    many: "alarms",
    destroyed: "no more notifications",
    replaced: "no notifications in between",
  },
  aws_cloudwatch_query_definition: { one: "saved query", many: "saved queries" },
  aws_sns_topic_policy: { one: "topic's policy", many: "topics' policies" },
  aws_cloudwatch_dashboard: { one: "dashboard", many: "dashboards" },
};

/** What is known of a type; of an unknown one its name in words. */
export function resourceKind(type: string): ResourceKind {
  const words = type.replace(/^aws_/, "").replaceAll("_", " ");
  return KINDS[type] ?? { one: words, many: `${words}s` };
}

/** Whether a resource goes, to come back or not, and takes something with it. A deposed one was replaced before. */
export function takesAway({ action, deposed }: PlannedChange): boolean {
  return (action === "destroy" || action === "replace") && !deposed;
}

/** What goes with a resource that is destroyed or replaced; undefined if nothing does. */
export function lossOf({ type, action, deposed }: PlannedChange): string | undefined {
  const { destroyed, replaced = destroyed } = resourceKind(type);
  if (deposed) return undefined;
  return action === "replace" ? replaced : destroyed;
}

/** Terraform's reasons in words. */
const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: "its last creation failed (tainted)",
  replace_because_cannot_update: "cannot be changed in place",
  replace_by_request: "asked for with -replace",
  replace_by_triggers: "what it is tied to changes (replace_triggered_by)",
  delete_because_no_resource_config: "no longer in the configuration",
  delete_because_no_module: "no longer in the configuration",
  delete_because_no_move_target: "moved to an address that is not in the configuration",
  delete_because_wrong_repetition: "its count or for_each changed",
  delete_because_count_index: "its index is no longer in the configuration",
  delete_because_each_key: "its key is no longer in the configuration",
};

/** Why a resource is destroyed or replaced, in words; empty if Terraform gives no reason. */
export function reasonOf({ reason, deposed }: PlannedChange): string {
  if (deposed) return "left over from a replacement that failed";
  return reason === null ? "" : (REASONS[reason] ?? reason.replaceAll("_", " "));
}
