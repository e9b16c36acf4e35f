import type { ClockDescription } from "../../../schedule/clock";
import { clockOutput } from "../../../strategies/clock-output";

/** A resource in a plan, in short. */
export interface PlannedResource {
  /** `type.name`. */
  readonly address: string;
  readonly actions: readonly string[];
  readonly reason?: string;
  readonly replacePaths?: readonly (readonly (string | number)[])[];
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

export interface PlanFields {
  readonly resources?: readonly PlannedResource[];
  readonly drift?: readonly PlannedResource[];
  /** The output `clock`; `undefined` where there is none. */
  readonly clock?: readonly [before: ClockDescription | null, after: ClockDescription | null];
}

/** A plan in the format of `terraform show -json` (1.2), reduced to what differs from one plan to another. */
export function planJson({ resources = [], drift = [], clock }: PlanFields): object {
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    resource_changes: resources.map(resourceChange),
    ...(drift.length > 0 ? { resource_drift: drift.map(resourceChange) } : {}),
    ...(clock ? { output_changes: { clock: outputChange(...clock) } } : {}),
    complete: true,
    errored: false,
  };
}

function resourceChange({ address, actions, reason, replacePaths, before, after }: PlannedResource) {
  const [type, name] = address.split(".");
  const there = actions.join() !== "create";
  const stays = actions.join() !== "delete";
  return {
    address,
    mode: "managed",
    type,
    name,
    provider_name: "registry.terraform.io/hashicorp/aws",
    change: {
      actions,
      before: there ? (before ?? { id: "a" }) : null,
      after: stays ? (after ?? { id: "a" }) : null,
      after_unknown: {},
      before_sensitive: false,
      after_sensitive: false,
      ...(replacePaths ? { replace_paths: replacePaths } : {}),
    },
    ...(reason ? { action_reason: reason } : {}),
  };
}

function outputChange(before: ClockDescription | null, after: ClockDescription | null) {
  const actions = !before ? ["create"] : !after ? ["delete"] : ["update"];
  return {
    actions: JSON.stringify(before) === JSON.stringify(after) ? ["no-op"] : actions,
    // As text, as the stacks write it.
    before: before && clockOutput(before),
    after: after && clockOutput(after),
    after_unknown: false,
    before_sensitive: false,
    after_sensitive: false,
  };
}

/** What one of the plan's resources looks like in Terraform's text. */
function blockText({ address, actions }: PlannedResource): string {
  const [type, name] = address.split(".");
  const how: Record<string, readonly [mark: string, done: string, line: string]> = {
    create: ["  +", "will be created", "+ id = (known after apply)"],
    update: ["  ~", "will be updated in-place", '~ definition = "a" -> "b"'],
    delete: ["  -", "will be destroyed", '- id = "a" -> null'],
    "delete,create": ["-/+", "must be replaced", '~ name = "a" -> "b" # forces replacement'],
  };
  const [mark, done, line] = how[actions.join()] ?? ["   ", "stays", ""];
  return `  # ${address} ${done}\n${mark} resource "${type}" "${name}" {\n      ${line}\n    }\n`;
}

/** The plan as `terraform show -no-color` words it, in short. */
export function planText(resources: readonly PlannedResource[]): string {
  return `Terraform will perform the following actions:\n\n${resources.map(blockText).join("\n")}`;
}

const named =
  (actions: readonly string[], more: Partial<PlannedResource> = {}) =>
  (address: string): PlannedResource => ({ address, actions, ...more });

export const create = named(["create"]);
export const update = named(["update"]);
export const destroy = named(["delete"], { reason: "delete_because_no_resource_config" });

/** @param path the attribute that forces it. */
export const replace = (address: string, path: string) =>
  named(["delete", "create"], { reason: "replace_because_cannot_update", replacePaths: [[path]] })(address);

/** What only the loop has, in short. */
export const LOOP_RESOURCES = [
  "aws_cloudwatch_event_rule.loop-heartbeat_minute-rule_4B0F6C11",
  "aws_cloudwatch_event_target.loop-heartbeat_minute-rule_target_1D0C7A52",
  "aws_cloudwatch_log_group.iterator_log-group_0E3A5E0B",
  "aws_iam_role.iterator_role_7A9C1C2E",
  "aws_iam_role.loop-heartbeat_machine-role_2A6C8B7D",
  "aws_lambda_function.iterator_function_5C1E2D3F",
  "aws_sfn_state_machine.loop-heartbeat_machine_9F8E7D6C",
];

/** What only lambda-clock has, in short. */
export const LAMBDA_CLOCK_RESOURCES = [
  ...[0, 1, 2, 3, 4].map((minute) => `aws_cloudwatch_event_rule.rule-${minute}_3C2B1A0${minute}`),
  "aws_cloudwatch_log_group.lambda-clock_log-group_6D5C4B3A",
  "aws_iam_role.lambda-clock_role_8E7D6C5B",
  "aws_lambda_function.lambda-clock_function_1A2B3C4D",
  "aws_sns_topic.topic_5E4D3C2B",
];

/** What every strategy has. */
export const SHARED_RESOURCES = [
  "aws_cloudwatch_log_group.sample-target_log-group_4F3E2D1C",
  "aws_dynamodb_table.ledger_table_0A1B2C3D",
  "aws_sqs_queue.failures_queue_9B8A7C6D",
];
