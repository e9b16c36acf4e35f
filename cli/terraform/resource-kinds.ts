import type { PlannedChange } from "./plan-section";

/** What a reviewer must know of a type of resource before it goes. */
export interface ResourceKind {
  /** The data that is lost with it; undefined if it holds none. */
  readonly loses?: string;
  /** What is missing while it does not exist. */
  readonly without?: string;
  /** Whether ticks pass through it. */
  readonly ticks?: true;
  /** Whether it makes the ticks: without it no tick happens. */
  readonly drives?: true;
}

/** The types that something depends on; without the others nothing is lost or missing. */
const KINDS: Readonly<Record<string, ResourceKind>> = {
  aws_cloudwatch_event_rule: { without: "no firings", ticks: true, drives: true },
  aws_cloudwatch_event_target: { without: "firings reach nothing", ticks: true },
  aws_cloudwatch_log_group: { loses: "log lines are lost" },
  aws_cloudwatch_metric_alarm: { without: "no notifications" },
  aws_dynamodb_table: {
    loses: "claims are lost, so a clock that goes on could double ticks for a moment",
    ticks: true,
  },
  aws_iam_openid_connect_provider: { without: "workflows in GitHub have no access" },
  aws_iam_role: { without: "the clock loses these permissions", ticks: true },
  aws_iam_role_policy_attachment: { without: "the role loses these permissions", ticks: true },
  aws_lambda_event_source_mapping: { without: "no bursts are run", ticks: true, drives: true },
  aws_lambda_function: { without: "no invocations", ticks: true },
  aws_s3_bucket: { loses: "objects are lost" },
  aws_sfn_state_machine: { without: "executions stop", ticks: true, drives: true },
  aws_sns_topic: { loses: "subscriptions of others are lost", ticks: true },
  aws_sns_topic_subscription: { without: "no ticks by it", ticks: true },
  aws_sqs_queue: { loses: "messages are lost" },
};

/** What is known of a type; nothing of an unknown one. */
export function resourceKind(type: string): ResourceKind {
  return KINDS[type] ?? {};
}

/** A type in words: `log group` for `aws_cloudwatch_log_group`. */
export function typeName(type: string): string {
  return type
    .replace(/^aws_((cloudwatch|dynamodb|lambda|s3|sfn|sns|sqs)_)?/, "")
    .replace(/^iam_/, "IAM ")
    .replaceAll("_", " ");
}

/** Whether a resource goes, to come back or not, and takes something with it. A deposed one was replaced before. */
export function takesAway({ action, deposed }: PlannedChange): boolean {
  return (action === "destroy" || action === "replace") && !deposed;
}

/** What goes with a resource that is destroyed or replaced; undefined if nothing does. */
export function lossOf(change: PlannedChange): string | undefined {
  const { loses, without } = resourceKind(change.type);
  if (!takesAway(change)) return undefined;
  return loses ?? (without && change.action === "replace" ? `${without} in between` : without);
}

/** Terraform's reasons that it has no plain words for. */
const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: "its last creation failed (tainted)",
  replace_because_cannot_update: "cannot be changed in place",
  delete_because_no_resource_config: "no longer in the configuration",
  delete_because_count_index: "its index is no longer in the configuration",
};

/** Why a resource is destroyed or replaced, in words; empty if Terraform gives no reason. */
export function reasonOf({ reason, deposed }: PlannedChange): string {
  if (deposed) return "left over from a replacement that failed";
  return reason === null ? "" : (REASONS[reason] ?? reason.replaceAll("_", " "));
}
