import type { EnvironmentConfig, StrategyConfig } from "../../config/schema";
import type { Conditions } from "../../constructs/policy";
import { ACCOUNT, KEY, QUEUE, REGION, schedule, TOPIC } from "../config/examples";
import { synthesize } from "../synthesis";
import { list, type Statement, statements, type Template } from "../template";
import { ciAccess, withCi } from "./ci-roles";
import type { IamRequest } from "./iam-request";
import { allows, type Identity, wouldAllow } from "./policy-evaluation";
import { everyTarget, STRATEGIES } from "./strategies";

const { boundary, boundaryArn } = ciAccess();
const CI = withCi().ci;

/** ARNs of resources, by type: where the name stands in `{}`, and which argument it is. */
const ARNS: Readonly<Record<string, readonly [format: string, argument: string]>> = {
  aws_lambda_function: [`arn:aws:lambda:${REGION}:${ACCOUNT}:function:{}`, "function_name"],
  aws_dynamodb_table: [`arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/{}`, "name"],
  aws_sqs_queue: [`arn:aws:sqs:${REGION}:${ACCOUNT}:{}`, "name"],
  aws_sns_topic: [`arn:aws:sns:${REGION}:${ACCOUNT}:{}`, "name"],
  aws_sfn_state_machine: [`arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:{}`, "name"],
  aws_cloudwatch_log_group: [`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:{}`, "name"],
};

/** A text of a template with the ARNs that Terraform will put into it. */
function resolved(text: string, template: Template): string {
  return text.replace(/\$\{(\w+)\.([\w-]+)\.arn\}/g, (_, type: string, name: string) => {
    const [format, argument] = ARNS[type] ?? [];
    if (!format || !argument) throw new Error(`an ARN of a type that is not known here: ${type}`);
    return format.replace("{}", String(template.resources(type)[name]?.[argument]));
  });
}

/** What a statement allows, as requests; a log group's streams stand for one. */
function requestsOf({ Action, Resource, Condition = {} }: Statement): IamRequest[] {
  const operators = Object.entries(Condition as Conditions).filter(([operator]) => operator !== "Null");
  const keys = operators.flatMap(([, one]) => Object.entries(one));
  const context = Object.fromEntries(keys.map(([key, values]) => [key, list(values)[0] as string]));
  return list(Action).flatMap((action) =>
    list(Resource).map((resource) => ({ action, resource: resource.replace(/:\*$/, ":log-stream:one"), context })),
  );
}

/** Every kind of stack, and a handover: both clocks' roles at once. */
const KINDS: readonly (readonly [name: string, strategy: StrategyConfig, fields: Partial<EnvironmentConfig>])[] = [
  ...STRATEGIES.map(([name, strategy]) => [name, strategy, {}] as const),
  ["a handover", { kind: "lambda-clock" }, { retiring: { kind: "sfn-loop", machineType: "EXPRESS" } }],
];

describe.each(KINDS)("%s", (_name, strategy, fields) => {
  const dev = everyTarget(strategy, { ci: CI, tracing: true, ...fields });
  const template = synthesize({ dev })["metronome-dev"] as Template;

  test("every role is behind the boundary", () => {
    const roles = Object.values(template.resources("aws_iam_role"));
    expect(roles.length).toBeGreaterThan(2);
    for (const { name, permissions_boundary } of roles) {
      expect([name, permissions_boundary]).toEqual([name, boundaryArn]);
    }
  });

  test("and keeps every action that its own policy grants", async () => {
    const policies = Object.values(template.resources("aws_iam_role_policy"));
    let asked = 0;
    for (const { policy } of policies) {
      const own = statements(resolved(String(policy), template));
      const identity: Identity = {
        principal: `arn:aws:iam::${ACCOUNT}:role/metronome-dev-any`,
        policies: [{ Version: "2012-10-17", Statement: own }],
      };
      for (const request of own.flatMap(requestsOf)) {
        asked += 1;
        expect([request, await allows(identity, request)]).toEqual([request, true]);
        expect([request, await allows({ ...identity, boundary }, request)]).toEqual([request, true]);
      }
    }
    expect(asked).toBeGreaterThan(10);
  });

  test("without `ci` it is on no role", () => {
    const without = synthesize({ dev: everyTarget(strategy) })["metronome-dev"] as Template;
    for (const role of Object.values(without.resources("aws_iam_role"))) {
      expect(role).not.toHaveProperty("permissions_boundary");
    }
  });
});

// As statements: of a key, IAM asks the key's own policy too, which is not ours.
test.each([
  ["sfn-loop", "iterator"],
  ["lambda-clock", "lambda-clock"],
  ["sqs-delay", "pacer"],
] as const)(
  "%s: what sends to topics and queues with a key may use that key, for their services alone",
  (kind, dispatcher) => {
    const [sns, sqs] = [`sns.${REGION}.amazonaws.com`, `sqs.${REGION}.amazonaws.com`];
    const use = (...via: string[]) => ({
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [KEY],
      Condition: { StringEquals: { "kms:ViaService": via } },
    });
    const granted = (fields: Partial<EnvironmentConfig>) => {
      const dev = everyTarget({ kind }, fields);
      const { policy } = (synthesize({ dev })["metronome-dev"] as Template).resource("aws_iam_role_policy", dispatcher);
      return statements(policy);
    };
    const targets = (...arns: string[]) => ({ topicKeyArns: [KEY], schedules: [schedule({ targets: arns })] });
    expect(granted({ topicKeyArns: [KEY] })).toContainEqual(use(sns, sqs));
    expect(granted(targets(TOPIC))).toContainEqual(use(sns));
    expect(granted(targets(QUEUE))).toContainEqual(use(sqs));
    expect(JSON.stringify(granted({}))).not.toContain("kms:");
  },
);

describe("a role that was given everything, behind the boundary,", () => {
  const everything: Identity = {
    principal: `arn:aws:iam::${ACCOUNT}:role/metronome-dev-any`,
    policies: [{ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }],
    boundary,
  };

  test.each([
    ["iam:CreateRole", `arn:aws:iam::${ACCOUNT}:role/metronome-dev-x`],
    ["iam:PutRolePolicy", `arn:aws:iam::${ACCOUNT}:role/metronome-dev-x`],
    ["iam:CreatePolicyVersion", boundaryArn],
    ["iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/metronome-dev-x`],
    ["sts:AssumeRole", `arn:aws:iam::${ACCOUNT}:role/metronome-ci-dev-deploy`],
    ["s3:GetObject", "arn:aws:s3:::the-state-of-dev/metronome-dev/terraform.tfstate"],
    ["lambda:UpdateFunctionCode", `arn:aws:lambda:${REGION}:${ACCOUNT}:function:metronome-dev-iterator`],
    ["dynamodb:PutItem", `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/metronome-prod-ledger`],
    ["dynamodb:DeleteItem", `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/metronome-dev-ledger`],
    ["states:StartExecution", `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:other`],
    ["sqs:SendMessage", `arn:aws:sqs:us-east-1:${ACCOUNT}:mine`],
    ["sqs:SendMessage", `arn:aws:sqs:${REGION}:999999999999:mine`],
    ["sqs:ReceiveMessage", `arn:aws:sqs:${REGION}:${ACCOUNT}:mine`],
    ["sqs:SetQueueAttributes", `arn:aws:sqs:${REGION}:${ACCOUNT}:metronome-dev-failures`],
    ["logs:PutLogEvents", `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/other:log-stream:one`],
    ["lambda:InvokeFunction", `arn:aws:lambda:us-east-1:${ACCOUNT}:function:mine`],
    ["lambda:InvokeFunction", `arn:aws:lambda:${REGION}:999999999999:function:mine`],
    ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:any`],
  ])("may not %s on %s", (action, resource) => {
    expect(wouldAllow({ ...everything, boundary: undefined }, { action, resource })).toBe(true);
    expect(wouldAllow(everything, { action, resource })).toBe(false);
  });

  test("may call the user's functions, publish to their topics and send to their queues, whatever their names", () => {
    const here = `${REGION}:${ACCOUNT}`;
    expect(
      wouldAllow(everything, { action: "lambda:InvokeFunction", resource: `arn:aws:lambda:${here}:function:f` }),
    ).toBe(true);
    expect(wouldAllow(everything, { action: "sns:Publish", resource: `arn:aws:sns:${here}:t` })).toBe(true);
    for (const queue of ["q", "q.fifo"]) {
      expect(wouldAllow(everything, { action: "sqs:SendMessage", resource: `arn:aws:sqs:${here}:${queue}` })).toBe(
        true,
      );
    }
  });
});

// As a statement: of a key, IAM asks the key's own policy too, which is AWS's.
test("the boundary leaves room for the keys of topics and queues, which SNS and SQS alone may use for a role", () => {
  const ofKeys = boundary.Statement.filter(({ Action }) => list(Action).some((action) => action.startsWith("kms:")));
  expect(ofKeys).toEqual([
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [`arn:aws:kms:${REGION}:*:key/*`],
      Condition: { StringEquals: { "kms:ViaService": [`sns.${REGION}.amazonaws.com`, `sqs.${REGION}.amazonaws.com`] } },
    },
  ]);
});
