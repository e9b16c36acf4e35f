import { DataArchiveFile } from "@cdktf/provider-archive/lib/data-archive-file";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { AssetType, dependable, type ITerraformDependable, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { FailureQueue } from "./failure-queue";
import { bundleFunction } from "./function-bundle";
import { functionLogGroup } from "./naming";
import type { Allow } from "./policy";
import { type ManagedPolicy, ServiceRole } from "./service-role";
import { WRITE_TRACES } from "./unscoped-actions";

/** What all functions of an environment share. */
export interface FunctionSettings {
  readonly runtime: string;
  readonly logRetentionDays: number;
  readonly tracing: boolean;
  /** ARN of the KMS key of log groups. @default CloudWatch Logs' own encryption */
  readonly logKeyArn?: string;
  /** ARN of the KMS key of environment variables. @default Lambda's own key */
  readonly variablesKeyArn?: string;
}

export interface BundledFunctionProps extends FunctionSettings {
  /** Folder under `functions/`. */
  readonly source: string;
  /** Physical name. */
  readonly name: string;
  readonly description: string;
  /** s. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  /**
   * @default none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Further files of its zip: their texts by name. All of it is known when the stack is synthesized.
   * @default none
   */
  readonly files?: Readonly<Record<string, string>>;
  /** Invocations at one instant that are reserved for it, and the most it may have. @default none, and no limit of its own */
  readonly reservedConcurrency?: number;
  /** What the code calls; it may always write its own log. @default nothing */
  readonly allow?: readonly Allow[];
  /**
   * Further policies of its role, for more than the inline one holds.
   * @default none
   */
  readonly managedPolicies?: readonly ManagedPolicy[];
  /**
   * The queue that gets events which failed, for functions that are invoked asynchronously. Such a function
   * gets no retry and events of at most 60 s: Lambda's defaults (2 retries, 6 h) would run a tick again minutes later.
   * @default the function is invoked synchronously only
   */
  readonly failures?: Pick<FailureQueue, "arn" | "grantArn">;
}

/** Oldest event that an asynchronously invoked function still gets, in s; 60 is the least that Lambda takes. */
const OLDEST_EVENT_S = 60;

/** A Lambda function from `functions/`: bundled by esbuild, zipped by the archive provider, with its own log group and role. */
export class BundledFunction extends Construct {
  readonly arn: string;
  readonly functionName: string;
  private readonly fn: LambdaFunction;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: functionLogGroup(props.name),
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.logKeyArn,
    });
    const role = new ServiceRole(this, "role", {
      name: props.name,
      service: "lambda.amazonaws.com",
      allow: [
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logGroup.arn}:*`] },
        ...(props.tracing ? [WRITE_TRACES] : []),
        ...(props.variablesKeyArn ? [{ actions: ["kms:Decrypt"], resources: [props.variablesKeyArn] }] : []),
        ...(props.failures ? [{ actions: ["sqs:SendMessage"], resources: [props.failures.grantArn] }] : []),
        ...(props.allow ?? []),
      ],
      managedPolicies: props.managedPolicies,
    });
    const asset = new TerraformAsset(this, "bundle", {
      path: bundleFunction(props.source, props.files),
      type: AssetType.DIRECTORY,
    });
    const archive = new DataArchiveFile(this, "archive", {
      type: "zip",
      sourceDir: asset.path,
      outputPath: `${props.source}.zip`,
      // Without it the zip's hash would depend on the umask of the process that plans.
      outputFileMode: "0644",
    });
    const fn = new LambdaFunction(this, "function", {
      functionName: props.name,
      description: props.description,
      role: role.arn,
      filename: archive.outputPath,
      sourceCodeHash: archive.outputBase64Sha256,
      handler: "index.handler",
      runtime: props.runtime,
      architectures: ["arm64"],
      memorySize: props.memory,
      timeout: props.timeout,
      reservedConcurrentExecutions: props.reservedConcurrency,
      kmsKeyArn: props.variablesKeyArn,
      environment: { variables: { POWERTOOLS_SERVICE_NAME: props.source, ...props.environment } },
      loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
      tracingConfig: { mode: props.tracing ? "Active" : "PassThrough" },
      dependsOn: [...role.policies],
    });
    if (props.failures) {
      new LambdaFunctionEventInvokeConfig(this, "asynchronous-invocation", {
        functionName: fn.functionName,
        maximumRetryAttempts: 0,
        maximumEventAgeInSeconds: OLDEST_EVENT_S,
        destinationConfig: { onFailure: { destination: props.failures.arn } },
      });
    }
    this.arn = fn.arn;
    this.functionName = fn.functionName;
    this.fn = fn;
  }

  /** Creates or changes the function only after these resources exist, for what its new environment names. */
  startAfter(...needed: readonly ITerraformDependable[]): void {
    this.fn.dependsOn = [...(this.fn.dependsOn ?? []), ...needed.map(dependable)];
  }
}
