import type { AwsCall } from "./aws-call";

/** What IAM is asked about a call: may the caller do this, on this, under these circumstances? */
export interface IamRequest {
  /** `service:Action`. */
  readonly action: string;
  /** An ARN; `*` if the action takes no resource. */
  readonly resource: string;
  /** Condition keys of the service, beyond those of every request. */
  readonly context?: Readonly<Record<string, string>>;
}

/** The account and region of the calls. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Operations that go by another action's name (Service Authorization Reference); all others go by their own. */
const ACTIONS: Readonly<Record<string, string>> = {
  "s3:HeadObject": "s3:GetObject",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:ListObjectsV2": "s3:ListBucket",
};

/** Services whose requests are signed for another name than their actions have. */
const PREFIXES: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/** Operations that need no permission (their API references). */
const FREE = new Set(["sts:GetCallerIdentity"]);

/** Actions that know no resource. */
const WITHOUT_RESOURCE = new Set([
  "states:ValidateStateMachineDefinition",
  "logs:DescribeLogGroups",
  "logs:DescribeQueryDefinitions",
  "logs:PutQueryDefinition",
  "logs:DeleteQueryDefinition",
  "lambda:CreateEventSourceMapping",
]);

/** What AWS names when it creates it. The recording names it the same each time. */
const NAMED_BY_AWS = "named-by-aws";

/** The action that tags what another one creates, if they are two. */
const TAGGING: Readonly<Record<string, string>> = {
  "lambda:CreateFunction": "lambda:TagResource",
  "lambda:CreateEventSourceMapping": "lambda:TagResource",
  "dynamodb:CreateTable": "dynamodb:TagResource",
  "iam:CreateRole": "iam:TagRole",
  "logs:CreateLogGroup": "logs:TagResource",
  "events:PutRule": "events:TagResource",
  "states:CreateStateMachine": "states:TagResource",
  "sqs:CreateQueue": "sqs:TagQueue",
  "sns:CreateTopic": "sns:TagResource",
  "cloudwatch:PutMetricAlarm": "cloudwatch:TagResource",
};

/** The service that an action passes a role to, and the parameter that names the role. */
const PASSING: Readonly<Record<string, readonly [service: string, parameter: string]>> = {
  "lambda:CreateFunction": ["lambda.amazonaws.com", "Role"],
  "lambda:UpdateFunctionConfiguration": ["lambda.amazonaws.com", "Role"],
  "states:CreateStateMachine": ["states.amazonaws.com", "roleArn"],
  "states:UpdateStateMachine": ["states.amazonaws.com", "roleArn"],
};

/**
 * What IAM is asked, call by call. It remembers which boundary each role was given: IAM gives it to the conditions of
 * later calls.
 */
export class IamRequests {
  private readonly boundaries = new Map<string, string>();
  /** The function that the event source mapping is for. */
  private mapped: string | undefined;

  constructor(private readonly place: Place) {}

  /** @returns the call's own action, and the others it needs: passing a role, tagging what it creates. */
  of(signed: AwsCall): IamRequest[] {
    const call = { ...signed, service: PREFIXES[signed.service] ?? signed.service };
    const operation = `${call.service}:${call.operation}`;
    if (FREE.has(operation)) return [];
    const action = ACTIONS[operation] ?? operation;
    const resources = WITHOUT_RESOURCE.has(action) ? ["*"] : this.resourcesOf(call);
    const context = this.contextOf(call);
    return [
      ...resources.map((resource) => ({ action, resource, ...(Object.keys(context).length > 0 && { context }) })),
      ...this.passed(action, call.parameters),
      ...resources.flatMap((resource) => tagged(action, this.taggedBy(action, resource), call.parameters)),
    ];
  }

  /** What a creating action tags. */
  private taggedBy(action: string, resource: string): string {
    const { account, region } = this.place;
    if (action !== "lambda:CreateEventSourceMapping") return resource;
    return `arn:aws:lambda:${region}:${account}:event-source-mapping:${NAMED_BY_AWS}`;
  }

  private passed(action: string, parameters: AwsCall["parameters"]): IamRequest[] {
    const [service, parameter] = PASSING[action] ?? [];
    const roles = service && parameter ? [[service, parameters[parameter]]] : [];
    if (action === "events:PutTargets") {
      const targets = parameters.Targets as readonly { readonly RoleArn?: string }[];
      roles.push(...targets.map(({ RoleArn }) => ["events.amazonaws.com", RoleArn]));
    }
    return roles.flatMap(([to, role]) =>
      typeof role === "string"
        ? [{ action: "iam:PassRole", resource: role, context: { "iam:PassedToService": String(to) } }]
        : [],
    );
  }

  private contextOf({ service, operation, parameters }: AwsCall): Record<string, string> {
    const text = (name: string) => String(parameters[name]);
    if (service === "s3") return "prefix" in parameters ? { "s3:prefix": text("prefix") } : {};
    if (service === "lambda" && operation.endsWith("EventSourceMapping")) return this.mappingContext(parameters);
    if (service === "lambda") return lambdaContext(operation, parameters);
    if (service === "sns" && operation === "Subscribe")
      return { "sns:Protocol": text("Protocol"), "sns:Endpoint": text("Endpoint") };
    if (service !== "iam") return {};
    const { PermissionsBoundary } = parameters;
    if (typeof PermissionsBoundary === "string") this.boundaries.set(text("RoleName"), PermissionsBoundary);
    const boundary = this.boundaries.get(text("RoleName"));
    return boundary ? { "iam:PermissionsBoundary": boundary } : {};
  }

  /** A mapping's function. Requests after the first name the mapping alone, and there is one. */
  private mappingContext({ FunctionName }: AwsCall["parameters"]): Record<string, string> {
    if (typeof FunctionName === "string") this.mapped = this.functionArn(FunctionName, undefined);
    if (this.mapped === undefined) throw new Error("a request about an event source mapping before there is one");
    return { "lambda:FunctionArn": this.mapped };
  }

  /** The ARNs that a call is about: one, or several if CloudWatch takes many names. */
  private resourcesOf(call: AwsCall): string[] {
    return call.service === "cloudwatch" ? this.watching(call) : [this.resourceOf(call)];
  }

  /** What is CloudWatch's: alarms, and dashboards, which are in no region. */
  private watching({ operation, parameters }: AwsCall): string[] {
    const { account, region } = this.place;
    // A search: IAM is asked about all alarms, for any names.
    if (operation === "DescribeAlarms") return [`arn:aws:cloudwatch:${region}:${account}:alarm:*`];
    if (typeof parameters.ResourceARN === "string") return [parameters.ResourceARN];
    const alarms = listed(parameters, "AlarmName", "AlarmNames");
    const dashboards = listed(parameters, "DashboardName", "DashboardNames");
    if (alarms.length + dashboards.length === 0) throw new Error(`cloudwatch ${operation}: no name is a parameter`);
    return [
      ...alarms.map((name) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`),
      ...dashboards.map((name) => `arn:aws:cloudwatch::${account}:dashboard/${name}`),
    ];
  }

  private resourceOf({ service, operation, parameters }: AwsCall): string {
    const { account, region } = this.place;
    const named = (...names: readonly string[]) => {
      const name = names.map((one) => parameters[one]).find((value) => typeof value === "string");
      if (name === undefined) throw new Error(`${service} ${operation}: none of ${names.join(", ")} is a parameter`);
      return String(name);
    };
    const arn = (type: string, name: string) =>
      name.startsWith("arn:") ? name : `arn:aws:${service}:${region}:${account}:${type}${name}`;
    switch (service) {
      case "s3":
        return `arn:aws:s3:::${[parameters.Bucket, parameters.Key].filter(Boolean).join("/")}`;
      case "iam":
        return `arn:aws:iam::${account}:role/${named("RoleName")}`;
      case "dynamodb":
        return arn("table/", named("TableName", "ResourceArn"));
      case "events":
        return arn("rule/", named("ResourceARN", "Rule", "Name"));
      case "states":
        return arn("stateMachine:", named("stateMachineArn", "resourceArn", "name"));
      case "sns":
        // IAM is asked about a subscription's topic.
        if ("SubscriptionArn" in parameters) return named("SubscriptionArn").split(":").slice(0, 6).join(":");
        return arn("", named("TopicArn", "ResourceArn", "Name"));
      case "sqs":
        return arn("", named("QueueUrl", "QueueName").split("/").at(-1) as string);
      case "logs":
        return arn("log-group:", named("logGroupName", "resourceArn", "logGroupIdentifier"));
      case "lambda":
        if (/EventSourceMapping$/.test(operation) || /:event-source-mapping:/.test(String(parameters.Resource))) {
          return `arn:aws:lambda:${region}:${account}:event-source-mapping:${NAMED_BY_AWS}`;
        }
        return this.functionArn(named("Resource", "FunctionName"), parameters.Qualifier);
      default:
        throw new Error(`a service whose resources are not known here: ${service} ${operation}`);
    }
  }

  private functionArn(name: string, qualifier: unknown): string {
    const { account, region } = this.place;
    const own = name.startsWith("arn:") ? name : `arn:aws:lambda:${region}:${account}:function:${name}`;
    return qualifier === undefined ? own : `${own}:${qualifier}`;
  }
}

function lambdaContext(operation: string, { Principal, Layers }: AwsCall["parameters"]): Record<string, string> {
  if (operation === "AddPermission") return { "lambda:Principal": String(Principal) };
  // A list without a layer is no value of the key.
  const [layer] = Array.isArray(Layers) ? Layers : [];
  return layer === undefined ? {} : { "lambda:Layer": String(layer) };
}

/** The values of parameters of these names, be they texts, lists as JSON has them, or `Name.member.1` as forms have them. */
function listed(parameters: AwsCall["parameters"], ...names: readonly string[]): string[] {
  return Object.entries(parameters).flatMap(([key, value]) =>
    names.includes(key.replace(/\.member\.\d+$/, "")) ? [value].flat().map(String) : [],
  );
}

function tagged(action: string, resource: string, parameters: AwsCall["parameters"]): IamRequest[] {
  const tagging = TAGGING[action];
  const tags = Object.keys(parameters).some((name) => /^tags\b/i.test(name));
  return tagging && tags ? [{ action: tagging, resource }] : [];
}
