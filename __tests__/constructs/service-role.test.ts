import type { RoleTaker } from "../../constructs/policy";
import { ServiceRole } from "../../constructs/service-role";
import { statements, synthesizeStack } from "../template";

const synthesizeRole = (taker?: RoleTaker) =>
  synthesizeStack((scope) => {
    new ServiceRole(scope, "role", {
      name: "metronome-dev-rule-heartbeat",
      service: "events.amazonaws.com",
      taker,
      allow: [{ actions: ["states:StartExecution"], resources: ["arn:aws:states:::m"] }],
    });
  });

test("the role may be taken by its service, for one resource alone", () => {
  const arn = "arn:aws:events:eu-central-1:111111111111:rule/r";
  const { assume_role_policy, name } = synthesizeRole({ account: "111111111111", arn }).resource("aws_iam_role");
  expect(name).toBe("metronome-dev-rule-heartbeat");
  expect(statements(assume_role_policy)).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": "111111111111" }, ArnLike: { "aws:SourceArn": arn } },
    },
  ]);
});

test("for a service that sends no source there is no condition", () => {
  const [statement] = statements(synthesizeRole().resource("aws_iam_role").assume_role_policy);
  expect(statement).not.toHaveProperty("Condition");
});

test("its one policy is inline and allows what it is given", () => {
  const template = synthesizeRole();
  const [role] = Object.keys(template.resources("aws_iam_role"));
  const { role: policyRole, policy } = template.resource("aws_iam_role_policy");
  expect(policyRole).toBe(`\${aws_iam_role.${role}.name}`);
  expect(statements(policy)).toEqual([
    { Effect: "Allow", Action: ["states:StartExecution"], Resource: ["arn:aws:states:::m"] },
  ]);
});

test("managed policies are attached to it, and the inline one comes after them", () => {
  const template = synthesizeStack((scope) => {
    const part = (id: string) => ({
      id,
      name: `metronome-dev-pacer-${id}`,
      description: "A part",
      allow: [{ actions: ["lambda:InvokeFunction"], resources: [`arn:aws:lambda:::${id}`] }],
    });
    new ServiceRole(scope, "role", {
      name: "metronome-dev-pacer",
      service: "lambda.amazonaws.com",
      allow: [],
      managedPolicies: [part("targets-1"), part("targets-3")],
    });
  });
  const [role] = Object.keys(template.resources("aws_iam_role"));
  const policies = Object.entries(template.resources("aws_iam_policy"));
  expect(policies.map(([name]) => name.replace(/_\w+$/, ""))).toEqual(["role_targets-1", "role_targets-3"]);
  const attachments = Object.entries(template.resources("aws_iam_role_policy_attachment"));
  expect(attachments.map(([, { role: to, policy_arn }]) => [to, policy_arn])).toEqual(
    policies.map(([name]) => [`\${aws_iam_role.${role}.name}`, `\${aws_iam_policy.${name}.arn}`]),
  );
  expect(template.resource("aws_iam_role_policy").depends_on).toEqual(
    attachments.map(([name]) => `aws_iam_role_policy_attachment.${name}`),
  );
});
