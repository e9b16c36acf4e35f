import { type AwsRequest, awsCall } from "./aws-call";
import { IamRequests } from "./iam-request";

const PLACE = { account: "000000000000", region: "us-east-1" };
const ROLE = "arn:aws:iam::000000000000:role/metronome-local-iterator";

function signed(service: string, request: Partial<AwsRequest>): AwsRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/${service}/aws4_request, SignedHeaders=host`;
  return { method: "POST", url: "/", body: "", ...request, headers: { authorization, ...request.headers } };
}

const asked = (service: string, request: Partial<AwsRequest>) =>
  new IamRequests(PLACE).of(awsCall(signed(service, request)));

const target = (name: string, parameters: object): Partial<AwsRequest> => ({
  headers: { "x-amz-target": name },
  body: JSON.stringify(parameters),
});

test("a call in JSON, with what it needs besides: to hand over its role, and to tag what it creates", () => {
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

test("who one is may be asked without any permission", () => {
  expect(asked("sts", { body: "Action=GetCallerIdentity&Version=2011-06-15" })).toEqual([]);
});

test.each([
  ["an operation of Lambda that is not known", "lambda", { method: "PATCH", url: "/2015-03-31/functions/mine" }],
  ["an operation on a part of a bucket", "s3", { method: "GET", url: "/a-bucket?versioning=" }],
  ["no operation", "iam", { body: "Version=1" }],
  ["a service whose ARNs are not known", "kms", target("TrentService.Decrypt", {})],
] as const)("%s is told, and not left out", (_what, service, request) => {
  expect(() => asked(service, request)).toThrow(Error);
});
