import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { boundaryAccess } from "../constructs/access/boundary-access";
import { changeResources } from "../constructs/access/deploy-access";
import { AUDIENCE, GITHUB_ISSUER, type GithubAccess, githubTrust } from "../constructs/access/github-trust";
import { boundaryArn } from "../constructs/access/permissions-boundary";
import { readResources } from "../constructs/access/plan-access";
import { readState, writeState } from "../constructs/access/state-access";
import { arn } from "../constructs/arn";
import { ciName, physicalName } from "../constructs/naming";
import { type Allow, policyDocument } from "../constructs/policy";
import { type TerraformSettings, useAws, useRemoteState } from "../constructs/terraform-settings";
import type { Settings } from "../schedule/clock";
import type { Schedule } from "../schedule/schedule";
import { STRATEGIES } from "../strategies";
import { ciTargets } from "../strategies/ci-targets";
import type { Grant } from "../strategies/strategy";

export interface CiAccessStackProps extends TerraformSettings {
  readonly ci: GithubAccess;
  /** Keys of the environment. @default those of AWS */
  readonly encryption?: { readonly functions?: string };
  readonly strategy: Settings;
  readonly retiring: Settings | null;
  /** Their functions are others': CI lets the clock's topics call them, and knows them by name. */
  readonly schedules: readonly Pick<Schedule, "targets">[];
}

/** Longest session of a role, in s: the least that IAM takes, and a deployment takes minutes. */
const LONGEST_SESSION_S = 3600;

/**
 * What GitHub's workflows may do to one environment: a role that plans, one that deploys, and the boundary of all roles
 * the latter makes. A person with administrator's rights deploys it, after the state's bucket and before CI deploys the
 * clock: neither role can change it.
 */
export class CiAccessStack extends TerraformStack {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CiAccessStackProps,
  ) {
    super(scope, id);
    useAws(this, props);
    useRemoteState(this, props);
    const { environment, ci, strategy, retiring } = props;
    const targetFunctions = ciTargets(props.schedules, retiring ? [strategy, retiring] : [strategy]);
    const place = { ...props, targetFunctions, variablesKeyArn: props.encryption?.functions };
    const strategies = Object.values(STRATEGIES).map(({ access }) => access);
    const own = (part: "plan" | "deploy" | "boundary") =>
      strategies.flatMap((access) => access[part]).map((grant) => this.allow(grant));
    const changes = {
      own: own("deploy"),
      callers: strategies.flatMap(({ callers }) => callers),
      roleTakers: strategies.flatMap(({ roleTakers }) => roleTakers),
    };
    const providerArn = ci.oidcProviderArn ?? this.createProvider().arn;
    this.createPolicy(
      "boundary",
      `The most that any role of the clock ${environment} may do`,
      boundaryAccess(place, own("boundary")),
    );
    const both = {
      state: this.createPolicy("state", `What planning the clock ${environment} takes of its state`, readState(place)),
      reads: this.createPolicy(
        "reads",
        `What planning the clock ${environment} takes`,
        readResources(place, own("plan")),
      ),
    };
    const roles = {
      // A GitHub environment of its own: the deploy environment's approval would stand before every plan.
      plan: this.createRole("plan", githubTrust(ci, "plan", `${environment}-plan`, providerArn), both),
      deploy: this.createRole("deploy", githubTrust(ci, "deploy", environment, providerArn), both),
    };
    new IamRolePolicy(this, "changes", {
      name: "changes",
      role: roles.deploy.name,
      policy: policyDocument([...writeState(place), ...changeResources(place, boundaryArn(place), changes)]),
    });
  }

  /** A strategy's grant on this environment's resources. */
  private allow({ actions, resource, functionKey }: Grant): Allow {
    const { environment, account, region } = this.props;
    const named = physicalName(environment, "*");
    const condition = functionKey && {
      ArnLike: { [functionKey]: arn("lambda", region, account, `function:${named}`) },
    };
    const name = resource === "*" || resource.unnamed ? "*" : named;
    const resources = resource === "*" ? ["*"] : [arn(resource.service, region, account, `${resource.before}${name}`)];
    return { actions, resources, ...(condition && { condition }) };
  }

  private createProvider(): IamOpenidConnectProvider {
    // Without thumbprints: AWS trusts the authority of GitHub's certificate.
    return new IamOpenidConnectProvider(this, "github", {
      url: `https://${GITHUB_ISSUER}`,
      clientIdList: [AUDIENCE],
    });
  }

  /** A policy of the account: it takes 6,144 characters, and leaves a role's own 10,240 to what the role alone may do. */
  private createPolicy(id: "boundary" | "state" | "reads", description: string, allow: readonly Allow[]): IamPolicy {
    const name = ciName(this.props.environment, id);
    return new IamPolicy(this, id, { name, description, policy: policyDocument(allow) });
  }

  private createRole(id: "plan" | "deploy", trust: string, policies: Readonly<Record<string, IamPolicy>>): IamRole {
    const { environment, ci } = this.props;
    const role = new IamRole(this, `${id}-role`, {
      name: ciName(environment, id),
      description: `For the ${id} job of the clock ${environment} in ${ci.repository}`,
      assumeRolePolicy: trust,
      maxSessionDuration: LONGEST_SESSION_S,
    });
    for (const [name, { arn: policyArn }] of Object.entries(policies)) {
      new IamRolePolicyAttachment(this, `${id}-role-${name}`, { role: role.name, policyArn });
    }
    new TerraformOutput(this, `${id}-role-arn`, { value: role.arn });
    return role;
  }
}
