import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { type Allow, policyDocument, type RoleTaker, trustPolicy } from "./policy";

export interface ServiceRoleProps {
  readonly name: string;
  /** Who takes the role, such as `lambda.amazonaws.com`. */
  readonly service: string;
  readonly allow: readonly Allow[];
  /**
   * The resource that alone may make the service take the role.
   * @default any, for services that send none (Lambda)
   */
  readonly taker?: RoleTaker;
}

/** A role that one AWS service takes, with one inline policy. */
export class ServiceRole extends Construct {
  readonly arn: string;
  /** What must exist before the role can be used: the policy, and so the role. */
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, "role", {
      name: props.name,
      assumeRolePolicy: trustPolicy(props.service, props.taker),
    });
    this.policy = new IamRolePolicy(this, "policy", {
      name: "actions",
      role: role.name,
      policy: policyDocument(props.allow),
    });
    this.arn = role.arn;
  }
}
