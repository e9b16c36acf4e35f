import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type GitHubClient, githubClient } from "../../../cli/ci/client";

/** A request as it came in. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** What is answered. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Handler = (request: Received) => Answer | undefined;

export const REPOSITORY = "octo/clock";

/** A server on loopback that speaks HTTP as GitHub's REST API does. The test gives its answers. */
export class FakeGitHub {
  readonly received: Received[] = [];
  private server: Server | undefined;

  /** @param handler answers a request below the repository's path; undefined is 404. */
  constructor(private handler: Handler) {}

  async start(): Promise<this> {
    const server = createServer(async (request, response) => {
      const url = new URL(request.url ?? "", "http://localhost");
      let text = "";
      for await (const chunk of request) text += chunk;
      const path = url.pathname.replace(`/repos/${REPOSITORY}`, "");
      const received: Received = {
        method: request.method ?? "",
        path,
        query: url.searchParams,
        headers: request.headers,
        body: text ? JSON.parse(text) : undefined,
      };
      this.received.push(received);
      const answer = this.handler(received) ?? { status: 404, body: { message: "Not Found" } };
      response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
      response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.server = server;
    return this;
  }

  answerWith(handler: Handler): void {
    this.handler = handler;
  }

  get url(): string {
    if (!this.server) throw new Error("the server has not been started");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A client of this server, which hardly pauses before it tries again. */
  get client(): GitHubClient {
    return githubClient({ GITHUB_API_URL: this.url, GITHUB_REPOSITORY: REPOSITORY, GITHUB_TOKEN: "a-token" }, 1);
  }

  /** What was changed: each request that was no reading, as "METHOD path". */
  get changes(): string[] {
    return this.received.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
  }
}
