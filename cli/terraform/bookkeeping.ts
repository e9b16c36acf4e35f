import { canonicalJson, isObject } from "./fingerprint";

/**
 * A plan's JSON without what the AWS provider reads back for the first time after it has created a resource. The provider
 * fills in empty values (`tags`, `layers`), and what another resource of the same stack has set (a role's inline policies, a
 * queue's policy). Terraform calls it drift until the next apply records it.
 *
 * Seen with Terraform 1.11.4 and hashicorp/aws 5.100.0: `plan -refresh-only -detailed-exitcode` right after a first apply
 * ends with 2.
 *
 * @param planJson the plan as `terraform show -json` writes it, parsed; it is not changed.
 */
export function withoutBookkeeping(planJson: unknown): unknown {
  if (!isObject(planJson) || !Array.isArray(planJson.resource_drift)) return planJson;
  const resources = resourcesOf(planJson);
  const drift = planJson.resource_drift.flatMap((entry: unknown) => {
    if (!isObject(entry) || !isObject(entry.change)) return [entry];
    const { before, after } = entry.change;
    if (!isObject(before) || !isObject(after)) return [entry];
    const settled = Object.fromEntries(
      Object.entries(after).map(([name, value]) => {
        const known = same(before[name], value) || setBySibling(String(entry.type), name, value, after, resources);
        return [name, known ? before[name] : value];
      }),
    );
    const differs = Object.keys(settled).some((name) => !same(before[name], settled[name]));
    return differs ? [{ ...entry, change: { ...entry.change, after: settled } }] : [];
  });
  return { ...planJson, resource_drift: drift };
}

interface StateResource {
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Whether an attribute holds exactly what other resources of the stack have put there. */
function setBySibling(
  type: string,
  name: string,
  value: unknown,
  own: Readonly<Record<string, unknown>>,
  resources: readonly StateResource[],
): boolean {
  if (type === "aws_iam_role" && name === "inline_policy" && Array.isArray(value)) {
    const policies = resources.filter((one) => one.type === "aws_iam_role_policy" && one.values.role === own.name);
    return (
      value.length === policies.length &&
      value.every(
        (policy: unknown) =>
          isObject(policy) &&
          policies.some(
            ({ values }) =>
              values.name === policy.name && canonicalText(values.policy) === canonicalText(policy.policy),
          ),
      )
    );
  }
  if (type === "aws_sqs_queue" && name === "policy") {
    return resources.some(
      (one) =>
        one.type === "aws_sqs_queue_policy" &&
        one.values.queue_url === own.url &&
        canonicalText(one.values.policy) === canonicalText(value),
    );
  }
  return false;
}

/** The resources as the state has them. */
function resourcesOf({ prior_state }: Readonly<Record<string, unknown>>): StateResource[] {
  const values = isObject(prior_state) ? prior_state.values : undefined;
  const module = isObject(values) ? values.root_module : undefined;
  const resources = isObject(module) && Array.isArray(module.resources) ? module.resources : [];
  return resources.filter((one: unknown): one is StateResource => isObject(one) && isObject(one.values));
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(emptyToNull(a)) === canonicalJson(emptyToNull(b));
}

/** For Terraform "not set" and "set to nothing" differ; for AWS they are the same. */
function emptyToNull(value: unknown): unknown {
  const empty =
    value === undefined ||
    value === "" ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0);
  return empty ? null : value;
}

/** JSON text with its keys in order; other text as it is. */
function canonicalText(value: unknown): string {
  try {
    return canonicalJson(JSON.parse(String(value)));
  } catch {
    return String(value);
  }
}
