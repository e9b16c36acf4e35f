import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AwsCall, awsCall } from "./aws-call";

/**
 * Stands between Terraform and an embedded AWS, hands everything on unchanged, and notes down what was asked for: by
 * the provider and by the backend alike.
 */
export class CallRecorder {
  private recorded: AwsCall[] = [];
  private readonly problems: string[] = [];
  private readonly server: Server;

  /** @param upstream `http://127.0.0.1:<port>` of the embedded AWS. */
  constructor(private readonly upstream: string) {
    this.server = createServer((incoming, outgoing) => this.handle(incoming, outgoing));
  }

  /** @returns its URL. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /**
   * What was asked for since the last time.
   *
   * @throws Error if a request was not understood, because the recording would have a gap.
   */
  take(): readonly AwsCall[] {
    if (this.problems.length > 0) throw new Error(this.problems.join("\n"));
    const calls = this.recorded;
    this.recorded = [];
    return calls;
  }

  private handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      this.record(incoming, body);
      const { method, url, headers } = incoming;
      const forwarded = request(`${this.upstream}${url}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on("error", () => outgoing.destroy());
      forwarded.end(body);
    });
  }

  private record({ method = "", url = "", headers }: IncomingMessage, body: Buffer): void {
    try {
      this.recorded.push(awsCall({ method, url, headers, body }));
    } catch (error) {
      this.problems.push((error as Error).message);
    }
  }
}
