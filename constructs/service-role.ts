import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type Allow, policyDocument, type RoleTaker, trustPolicy } from "./policy";

/** A policy of the account for one role: what its inline policy, 10,240 characters, does not hold. It takes 6,144. */
export interface ManagedPolicy {
  /** Its id in the role. */
  readonly id: string;
  /** Physical name. */
  readonly name: string;
  readonly description: string;
  readonly allow: readonly Allow[];
}

export interface ServiceRoleProps {
  readonly name: string;
  /** Who takes the role, such as `lambda.amazonaws.com`. */
  readonly service: string;
  readonly allow: readonly Allow[];
  /**
   * Policies in addition to the inline one.
   * @default none
   */
  readonly managedPolicies?: readonly ManagedPolicy[];
  /**
   * The resource that alone may make the service take the role.
   * @default any, for services that send none (Lambda)
   */
  readonly taker?: RoleTaker;
}

/** A role that one AWS service takes, with one inline policy, and managed ones if that is too small. */
export class ServiceRole extends Construct {
  readonly arn: string;
  /** What must exist before the role can be used: its policies, and so the role. */
  readonly policies: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, "role", {
      name: props.name,
      assumeRolePolicy: trustPolicy(props.service, props.taker),
    });
    const attached = (props.managedPolicies ?? []).map(({ id: part, name, description, allow }) => {
      const { arn: policyArn } = new IamPolicy(this, part, { name, description, policy: policyDocument(allow) });
      return new IamRolePolicyAttachment(this, `${part}-attachment`, { role: role.name, policyArn });
    });
    const inline = new IamRolePolicy(this, "policy", {
      name: "actions",
      role: role.name,
      policy: policyDocument(props.allow),
      // What moves from the inline policy to managed ones is granted by these before it goes there.
      ...(attached.length > 0 && { dependsOn: attached }),
    });
    this.policies = [inline, ...attached];
    this.arn = role.arn;
  }
}
