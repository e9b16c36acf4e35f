import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { BundledFunction, type BundledFunctionProps } from "../../constructs/bundled-function";
import { statements, synthesizeStack } from "../template";

const QUEUE = "arn:aws:sqs:eu-central-1:111111111111:failures";
/** The same queue by a reference, as a resource that needs the queue names it. */
const CREATED_QUEUE = `\${aws_sqs_queue.failures.arn}`;

const synthesizeFunction = (props: Partial<BundledFunctionProps> = {}) =>
  synthesizeStack((scope) => {
    new BundledFunction(scope, "sample-target", {
      source: "sample-target",
      name: "metronome-dev-sample-target",
      description: "A sample",
      timeout: 10,
      memory: 128,
      runtime: "nodejs24.x",
      logRetentionDays: 7,
      tracing: false,
      ...props,
    });
  });

const OWN_LOG = {
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: [expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.sample-target_log-group_\w+\.arn\}:\*$/)],
};

test("the function is what its props say, on arm64, with JSON logs", () => {
  const { text } = synthesizeFunction({ environment: { LEDGER_TABLE: "ledger" } });
  expect(text).toHaveResourceWithProperties(LambdaFunction, {
    function_name: "metronome-dev-sample-target",
    description: "A sample",
    handler: "index.handler",
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    memory_size: 128,
    timeout: 10,
    environment: { variables: { POWERTOOLS_SERVICE_NAME: "sample-target", LEDGER_TABLE: "ledger" } },
    logging_config: expect.objectContaining({ log_format: "JSON" }),
    tracing_config: { mode: "PassThrough" },
  });
});

test("its log group is made first, with a retention, and is the one the function writes to", () => {
  const template = synthesizeFunction();
  expect(template.text).toHaveResourceWithProperties(CloudwatchLogGroup, {
    name: "/aws/lambda/metronome-dev-sample-target",
    retention_in_days: 7,
  });
  const [group] = Object.keys(template.resources("aws_cloudwatch_log_group"));
  // A reference is what makes Terraform create the group before the function, and destroy it after.
  expect(template.resource("aws_lambda_function").logging_config).toEqual({
    log_format: "JSON",
    log_group: `\${aws_cloudwatch_log_group.${group}.name}`,
  });
});

test("its role is for Lambda, and may do no more than write its own log", () => {
  const template = synthesizeFunction();
  expect(statements(template.resource("aws_iam_role").assume_role_policy)).toEqual([
    { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
  ]);
  expect(Object.keys(template.resources("aws_iam_role_policy"))).toHaveLength(1);
  expect(statements(template.resource("aws_iam_role_policy").policy)).toEqual([OWN_LOG]);
});

test("the function waits for its role's policy", () => {
  const template = synthesizeFunction();
  const [policy] = Object.keys(template.resources("aws_iam_role_policy"));
  expect(template.text).toHaveResource(IamRolePolicy);
  expect(template.resource("aws_lambda_function").depends_on).toEqual([`aws_iam_role_policy.${policy}`]);
});

test("what the code calls is allowed besides", () => {
  const allow = [{ actions: ["dynamodb:PutItem"], resources: ["arn:aws:dynamodb:eu-central-1:111111111111:table/t"] }];
  expect(statements(synthesizeFunction({ allow }).resource("aws_iam_role_policy").policy)).toEqual([
    OWN_LOG,
    { Effect: "Allow", Action: ["dynamodb:PutItem"], Resource: allow[0]?.resources },
  ]);
});

test("with tracing the function is traced, and may say so", () => {
  const template = synthesizeFunction({ tracing: true });
  expect(template.resource("aws_lambda_function").tracing_config).toEqual({ mode: "Active" });
  expect(statements(template.resource("aws_iam_role_policy").policy)).toEqual([
    OWN_LOG,
    { Effect: "Allow", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: ["*"] },
  ]);
});

test("invoked asynchronously it is never retried, gets no event older than 60 s, and leaves failures in the queue", () => {
  const template = synthesizeFunction({ failures: { arn: CREATED_QUEUE, grantArn: QUEUE } });
  const [name] = Object.keys(template.resources("aws_lambda_function"));
  expect(template.text).toHaveResourceWithProperties(LambdaFunctionEventInvokeConfig, {
    function_name: `\${aws_lambda_function.${name}.function_name}`,
    maximum_retry_attempts: 0,
    maximum_event_age_in_seconds: 60,
    destination_config: { on_failure: { destination: CREATED_QUEUE } },
  });
  // A reference would make the role, and so the function, wait for the queue.
  expect(statements(template.resource("aws_iam_role_policy").policy)).toEqual([
    OWN_LOG,
    { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [QUEUE] },
  ]);
});

test("invoked synchronously only, it has no such settings", () => {
  expect(synthesizeFunction().text).not.toHaveResource(LambdaFunctionEventInvokeConfig);
});

test("its code is an asset directory, zipped by the archive provider with fixed modes, and known by its own hash", () => {
  const template = synthesizeFunction();
  const [archive] = template.data("archive_file");
  expect(archive).toEqual(
    expect.objectContaining({
      type: "zip",
      output_path: "sample-target.zip",
      output_file_mode: "0644",
      source_dir: expect.stringMatching(/^assets\/sample-target_bundle_\w+\/[0-9A-F]{32}$/),
    }),
  );
  expect(template.resource("aws_lambda_function")).toEqual(
    expect.objectContaining({
      filename: expect.stringMatching(/^\$\{data\.archive_file\.sample-target_archive_\w+\.output_path\}$/),
      source_code_hash: expect.stringMatching(
        /^\$\{data\.archive_file\.sample-target_archive_\w+\.output_base64sha256\}$/,
      ),
    }),
  );
});
