import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { types } from "node:util";

// Node's own errors are of another realm than a test's, and the SDK wraps what is no Error to it. In a function they are.
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, one: unknown) {
    return this === Error ? types.isNativeError(one) : Function.prototype[Symbol.hasInstance].call(this, one);
  },
});

/** One request as the server had it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The connection it came on. */
  readonly socket: Socket;
}

/** Answers a request, or does not. */
export type Respond = (request: Received, response: ServerResponse, nth: number) => void;

/** A server on a port of loopback that plays AWS's services. */
export interface AwsServer {
  readonly endpoint: string;
  /** Requests that have come whole, in order. */
  readonly received: Received[];
  /** Connections that were accepted, in order. */
  readonly connections: Socket[];
  respond: Respond;
  close(): Promise<void>;
}

/** Answers as the service would that took the request. */
export const accept: Respond = ({ headers, url, body }, response) => {
  if (headers["x-amz-target"]?.toString().startsWith("DynamoDB")) {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
  } else if (headers["x-amz-target"]?.toString().startsWith("AmazonSQS")) {
    const { MessageBody = "" } = JSON.parse(body) as { MessageBody?: string };
    // The SDK takes no message for sent without it.
    const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify({ MD5OfMessageBody }));
  } else if (headers["x-amz-target"]) {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end('{"executions":[]}');
  } else if (url.includes("/functions/")) {
    response.writeHead(headers["x-amz-invocation-type"] === "DryRun" ? 204 : 202).end();
  } else {
    const action = new URLSearchParams(body).get("Action");
    response.writeHead(200, { "content-type": "text/xml" });
    response.end(`<${action}Response><${action}Result></${action}Result></${action}Response>`);
  }
};

/** Accepts the connection and the request, and never answers. */
export const withhold: Respond = () => undefined;

/** Answers with this status, and no cause that the SDK knows. */
export const answerWith =
  (status: number): Respond =>
  (_, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end("{}");

/** Starts a server, and points the SDK's clients that are created from now on to it. */
export async function startAwsServer(respond: Respond): Promise<AwsServer> {
  const received: Received[] = [];
  const connections: Socket[] = [];
  const http = createServer(async (request, response) => {
    const { method = "", url = "", headers, socket } = request;
    let body = "";
    for await (const part of request) body += part;
    const whole = { method, url, headers, body, socket };
    received.push(whole);
    server.respond(whole, response, received.length);
  });
  http.keepAliveTimeout = 60_000;
  http.on("connection", (socket) => connections.push(socket));
  await once(http.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const restore = useEndpoint(endpoint);
  const server: AwsServer = {
    endpoint,
    received,
    connections,
    respond,
    async close() {
      restore();
      http.close();
      http.closeAllConnections();
    },
  };
  return server;
}

/** Lets the SDK's clients that are created from now on call `endpoint`. @returns what undoes it. */
export function useEndpoint(endpoint: string): () => void {
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  return () => {
    process.env = before;
  };
}
