import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Aspects, type TerraformStack } from "cdktf";
import { globalArn } from "../arn";
import { BOUNDED_PATH, ciName } from "../naming";
import type { EnvironmentPlace } from "./managed-arns";

/**
 * ARN of the policy that `metronome-ci-<env>` creates as the boundary of the clock's roles. It is made of names, not
 * read from that stack: the two are deployed by different people, and neither waits for the other's state.
 */
export function boundaryArn({ environment, account, region }: EnvironmentPlace): string {
  return globalArn("iam", region, account, `policy/${ciName(environment, "boundary")}`);
}

/**
 * Puts every IAM role of a stack, also those yet to be added, behind a permissions boundary, and their policies below the path
 * that says so.
 */
export function useBoundary(stack: TerraformStack, arn: string): void {
  Aspects.of(stack).add({
    visit(node) {
      if (node instanceof IamRole) node.permissionsBoundary = arn;
      if (node instanceof IamPolicy) node.path = BOUNDED_PATH;
    },
  });
}
