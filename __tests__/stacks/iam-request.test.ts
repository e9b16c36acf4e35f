import { type AwsRequest, awsCall } from "./aws-call";
import { IamRequests } from "./iam-request";

const PLACE = { account: "000000000000", region: "us-east-1" };
const ROLE = "arn:aws:iam::000000000000:role/metronome-local-iterator";

/** A request, its body as text or bytes. */
type Request = Partial<Omit<AwsRequest, "body"> & { readonly body: string | Buffer }>;

function signed(service: string, { body = "", ...request }: Request): AwsRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/${service}/aws4_request, SignedHeaders=host`;
  const headers = { authorization, ...request.headers };
  return { method: "POST", url: "/", ...request, headers, body: Buffer.from(body) };
}

const asked = (service: string, request: Request) => new IamRequests(PLACE).of(awsCall(signed(service, request)));

const target = (name: string, parameters: object): Request => ({
  headers: { "x-amz-target": name },
  body: JSON.stringify(parameters),
});

test("a call in JSON, with what else it needs: to pass its role, and to tag what it creates", () => {
  const parameters = { name: "metronome-local-loop", roleArn: ROLE, tags: [{ key: "Project", value: "metronome" }] };
  const resource = "arn:aws:states:us-east-1:000000000000:stateMachine:metronome-local-loop";
  expect(asked("states", target("AWSStepFunctions.CreateStateMachine", parameters))).toEqual([
    { action: "states:CreateStateMachine", resource },
    { action: "iam:PassRole", resource: ROLE, context: { "iam:PassedToService": "states.amazonaws.com" } },
    { action: "states:TagResource", resource },
  ]);
});

test("a call as a form: IAM's later conditions know the boundary a role was made with", () => {
  const requests = new IamRequests(PLACE);
  const form = (body: Record<string, string>) =>
    requests.of(awsCall(signed("iam", { body: new URLSearchParams(body).toString() })));
  const context = { "iam:PermissionsBoundary": "arn:aws:iam::000000000000:policy/b" };
  const RoleName = "metronome-local-iterator";
  expect(form({ Action: "PutRolePolicy", Version: "2010-05-08", RoleName })).toEqual([
    { action: "iam:PutRolePolicy", resource: ROLE },
  ]);
  form({ Action: "CreateRole", RoleName, PermissionsBoundary: context["iam:PermissionsBoundary"] });
  expect(form({ Action: "PutRolePolicy", RoleName })).toEqual([
    { action: "iam:PutRolePolicy", resource: ROLE, context },
  ]);
});

test("calls by path: Lambda's and S3's", () => {
  const url = "/2015-03-31/functions/mine/policy?Qualifier=live";
  expect(asked("lambda", { url, body: JSON.stringify({ Principal: "sns.amazonaws.com" }) })).toEqual([
    {
      action: "lambda:AddPermission",
      resource: "arn:aws:lambda:us-east-1:000000000000:function:mine:live",
      context: { "lambda:Principal": "sns.amazonaws.com" },
    },
  ]);
  expect(asked("s3", { method: "HEAD", url: "/a-bucket/a/key" })).toEqual([
    { action: "s3:GetObject", resource: "arn:aws:s3:::a-bucket/a/key" },
  ]);
  expect(asked("s3", { method: "GET", url: "/a-bucket?list-type=2&prefix=env%3A%2F" })).toEqual([
    { action: "s3:ListBucket", resource: "arn:aws:s3:::a-bucket", context: { "s3:prefix": "env:/" } },
  ]);
});

test("a function that is made with a layer is asked about with it", () => {
  const resource = "arn:aws:lambda:us-east-1:000000000000:function:mine";
  const made = (Layers: readonly string[]) =>
    asked("lambda", { url: "/2015-03-31/functions", body: JSON.stringify({ FunctionName: "mine", Layers }) });
  expect(made([])).toEqual([{ action: "lambda:CreateFunction", resource }]);
  expect(made(["arn:layer"])).toEqual([
    { action: "lambda:CreateFunction", resource, context: { "lambda:Layer": "arn:layer" } },
  ]);
});

const CLOUDWATCH = "arn:aws:cloudwatch:us-east-1:000000000000";
const ALARM = `${CLOUDWATCH}:alarm:metronome-local-failures`;

/** The same call of CloudWatch in each of its protocols. */
const PROTOCOLS: readonly (readonly [protocol: string, request: Request])[] = [
  [
    "a form",
    {
      body: "Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.1=metronome-local-failures&AlarmNames.member.2=b",
    },
  ],
  ["JSON", target("GraniteServiceVersion20100801.DeleteAlarms", { AlarmNames: ["metronome-local-failures", "b"] })],
  [
    "CBOR",
    {
      url: "/service/GraniteServiceVersion20100801/operation/DeleteAlarms",
      // { "AlarmNames": ["metronome-local-failures", "b"] }, the map and the list without their lengths.
      body: Buffer.concat([
        Buffer.from([0xbf, 0x6a]),
        Buffer.from("AlarmNames"),
        Buffer.from([0x9f, 0x78, 24]),
        Buffer.from("metronome-local-failures"),
        Buffer.from([0x61, 0x62, 0xff, 0xff]),
      ]),
    },
  ],
];

test.each(PROTOCOLS)("calls of CloudWatch in %s: IAM is asked about each alarm", (_protocol, request) => {
  expect(asked("monitoring", request)).toEqual([
    { action: "cloudwatch:DeleteAlarms", resource: ALARM },
    { action: "cloudwatch:DeleteAlarms", resource: `${CLOUDWATCH}:alarm:b` },
  ]);
});

describe("what watches a clock", () => {
  const form = (service: string, body: Record<string, string>) =>
    asked(service, { body: new URLSearchParams(body).toString() });

  test("an alarm that is made also takes its tags, and a search is about all alarms", () => {
    const AlarmName = "metronome-local-failures";
    const tags = { "Tags.member.1.Key": "Project", "Tags.member.1.Value": "metronome" };
    expect(form("monitoring", { Action: "PutMetricAlarm", AlarmName, ...tags })).toEqual([
      { action: "cloudwatch:PutMetricAlarm", resource: ALARM },
      { action: "cloudwatch:TagResource", resource: ALARM },
    ]);
    expect(form("monitoring", { Action: "PutMetricAlarm", AlarmName })).toHaveLength(1);
    expect(form("monitoring", { Action: "DescribeAlarms", "AlarmNames.member.1": AlarmName })).toEqual([
      { action: "cloudwatch:DescribeAlarms", resource: `${CLOUDWATCH}:alarm:*` },
    ]);
    expect(form("monitoring", { Action: "UntagResource", ResourceARN: ALARM })).toEqual([
      { action: "cloudwatch:UntagResource", resource: ALARM },
    ]);
  });

  test("a dashboard is in no region", () => {
    const resource = "arn:aws:cloudwatch::000000000000:dashboard/metronome-local-clock";
    expect(form("monitoring", { Action: "PutDashboard", DashboardName: "metronome-local-clock" })).toEqual([
      { action: "cloudwatch:PutDashboard", resource },
    ]);
    const deleted = { Action: "DeleteDashboards", "DashboardNames.member.1": "metronome-local-clock" };
    expect(form("monitoring", deleted)).toEqual([{ action: "cloudwatch:DeleteDashboards", resource }]);
  });

  test("a saved query is no resource", () => {
    expect(
      asked("logs", target("Logs_20140328.PutQueryDefinition", { name: "metronome-local-queries/errors" })),
    ).toEqual([{ action: "logs:PutQueryDefinition", resource: "*" }]);
  });

  test("a topic's policy and subscriptions are asked about with the topic", () => {
    const resource = "arn:aws:sns:us-east-1:000000000000:metronome-local-alarms";
    const policy = { Action: "SetTopicAttributes", TopicArn: resource, AttributeName: "Policy", AttributeValue: "{}" };
    expect(form("sns", policy)).toEqual([{ action: "sns:SetTopicAttributes", resource }]);
    const email = { Action: "Subscribe", TopicArn: resource, Protocol: "email", Endpoint: "oncall@example.com" };
    expect(form("sns", email)).toEqual([
      { action: "sns:Subscribe", resource, context: { "sns:Protocol": "email", "sns:Endpoint": "oncall@example.com" } },
    ]);
    expect(form("sns", { Action: "Unsubscribe", SubscriptionArn: `${resource}:5be8` })).toEqual([
      { action: "sns:Unsubscribe", resource },
    ]);
  });
});

test("who one is may be asked without any permission", () => {
  expect(asked("sts", { body: "Action=GetCallerIdentity&Version=2011-06-15" })).toEqual([]);
});

test.each([
  ["an operation of Lambda that is not known", "lambda", { method: "PATCH", url: "/2015-03-31/functions/mine" }],
  ["an operation on a part of a bucket", "s3", { method: "GET", url: "/a-bucket?versioning=" }],
  ["no operation", "iam", { body: "Version=1" }],
  ["an operation of CloudWatch on what has no name", "monitoring", { body: "Action=PutAnomalyDetector" }],
  ["a service whose ARNs are not known", "kms", target("TrentService.Decrypt", {})],
] as const)("%s is an error, and not left out", (_what, service, request) => {
  expect(() => asked(service, request)).toThrow(Error);
});
