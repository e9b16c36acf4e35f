import type { IncomingHttpHeaders } from "node:http";
import { cbor } from "@smithy/core/cbor";

/** A request as it arrives at AWS. */
export interface AwsRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a request asks for: `lambda`, `CreateFunction` and its parameters. */
export interface AwsCall {
  /** Endpoint prefix of the service, as its requests are signed for; Step Functions' is `states`. */
  readonly service: string;
  readonly operation: string;
  /** Those of the body (JSON, form or CBOR), and those of the path and the query; values of the headers are left out. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Lambda's operations by method and path (its API reference); `{}` is the function, and stands before a query. */
const LAMBDA: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ["POST", /^\/2015-03-31\/functions$/, "CreateFunction"],
  ["GET", /^\/2015-03-31\/functions\/([^/]+)$/, "GetFunction"],
  ["DELETE", /^\/2015-03-31\/functions\/([^/]+)$/, "DeleteFunction"],
  ["GET", /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, "GetFunctionConfiguration"],
  ["PUT", /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, "UpdateFunctionConfiguration"],
  ["PUT", /^\/2015-03-31\/functions\/([^/]+)\/code$/, "UpdateFunctionCode"],
  ["GET", /^\/2015-03-31\/functions\/([^/]+)\/versions$/, "ListVersionsByFunction"],
  ["GET", /^\/2015-03-31\/functions\/([^/]+)\/policy$/, "GetPolicy"],
  ["POST", /^\/2015-03-31\/functions\/([^/]+)\/policy$/, "AddPermission"],
  ["DELETE", /^\/2015-03-31\/functions\/([^/]+)\/policy\/[^/]+$/, "RemovePermission"],
  ["GET", /^\/2020-06-30\/functions\/([^/]+)\/code-signing-config$/, "GetFunctionCodeSigningConfig"],
  ["PUT", /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config$/, "PutFunctionEventInvokeConfig"],
  ["POST", /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config$/, "UpdateFunctionEventInvokeConfig"],
  ["GET", /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config$/, "GetFunctionEventInvokeConfig"],
  ["DELETE", /^\/2019-09-25\/functions\/([^/]+)\/event-invoke-config$/, "DeleteFunctionEventInvokeConfig"],
  ["POST", /^\/2015-03-31\/event-source-mappings$/, "CreateEventSourceMapping"],
  ["GET", /^\/2015-03-31\/event-source-mappings\/([^/]+)$/, "GetEventSourceMapping"],
  ["PUT", /^\/2015-03-31\/event-source-mappings\/([^/]+)$/, "UpdateEventSourceMapping"],
  ["DELETE", /^\/2015-03-31\/event-source-mappings\/([^/]+)$/, "DeleteEventSourceMapping"],
  ["GET", /^\/2017-03-31\/tags\/([^/]+)$/, "ListTags"],
  ["POST", /^\/2017-03-31\/tags\/([^/]+)$/, "TagResource"],
  ["DELETE", /^\/2017-03-31\/tags\/([^/]+)$/, "UntagResource"],
];

/** S3's operations on an object and on a bucket, if no sub-resource is named. */
const S3: Readonly<Record<"object" | "bucket", Readonly<Record<string, string>>>> = {
  object: { GET: "GetObject", HEAD: "HeadObject", PUT: "PutObject", DELETE: "DeleteObject" },
  bucket: { GET: "ListObjectsV2", HEAD: "HeadBucket" },
};

/** Parameters of S3's listing and of its answers' form; any other names a sub-resource, another operation. */
const S3_QUERY = new Set(["list-type", "prefix", "max-keys", "delimiter", "continuation-token", "x-id"]);

/** The operation in a path of the protocol `rpc-v2-cbor`, in which newer providers call CloudWatch. */
const RPC_PATH = /^\/service\/[^/]+\/operation\/(\w+)$/;

/**
 * What a signed request asks for.
 *
 * @throws Error if the request is of an unknown kind, because a recording must not leave out anything.
 */
export function awsCall(request: AwsRequest): AwsCall {
  const service = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(
    request.headers.authorization ?? "",
  )?.[1];
  if (!service) throw new Error(`not a signed request to AWS: ${request.method} ${request.url}`);
  if (service === "s3") return s3Call(request);
  if (service === "lambda") return lambdaCall(request);
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    return { service, operation: target.split(".").at(-1) as string, parameters: json(request.body) };
  }
  const [, operation] = RPC_PATH.exec(request.url) ?? [];
  if (operation)
    return { service, operation, parameters: request.body.length > 0 ? cbor.deserialize(request.body) : {} };
  const { Action, Version: _, ...parameters } = Object.fromEntries(new URLSearchParams(request.body.toString()));
  if (!Action) throw new Error(`a request to ${service} that names no operation: ${request.method} ${request.url}`);
  return { service, operation: Action, parameters };
}

function json(body: Buffer): AwsCall["parameters"] {
  return body.length > 0 ? JSON.parse(body.toString()) : {};
}

function lambdaCall({ method, url, body }: AwsRequest): AwsCall {
  const { pathname, searchParams } = new URL(url, "http://aws");
  for (const [of, path, operation] of LAMBDA) {
    const found = of === method ? path.exec(pathname.replace(/\/$/, "")) : null;
    if (!found) continue;
    const named = found[1] === undefined ? {} : { Resource: decodeURIComponent(found[1]) };
    const parameters = { ...json(body), ...Object.fromEntries(searchParams), ...named };
    return { service: "lambda", operation, parameters };
  }
  throw new Error(`an operation of Lambda that is not known here: ${method} ${url}`);
}

function s3Call({ method, url }: AwsRequest): AwsCall {
  const { pathname, searchParams } = new URL(url, "http://aws");
  const [, Bucket, Key] = /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(pathname)) ?? [];
  const operation = S3[Key ? "object" : "bucket"][method];
  const others = [...searchParams.keys()].filter((name) => !S3_QUERY.has(name));
  if (!operation || others.length > 0) throw new Error(`an operation of S3 that is not known here: ${method} ${url}`);
  const prefix = searchParams.get("prefix");
  const parameters = { Bucket, ...(Key && { Key }), ...(prefix !== null && { prefix }) };
  return { service: "s3", operation, parameters };
}
