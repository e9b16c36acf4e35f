import { emulatorCredentials } from "../../../emulator/access-key";

/** AWS's Query protocol, for services of which a test needs a call or two and the project no client. */
export class QueryApi {
  constructor(
    private readonly endpoint: string,
    private readonly service: "monitoring" | "sqs",
    private readonly version: string,
  ) {}

  /** @returns the answer's XML. @throws Error with the answer if it is an error. */
  async call(action: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const response = await fetch(this.endpoint, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Authorization: `AWS4-HMAC-SHA256 Credential=${emulatorCredentials(this.endpoint).accessKeyId}/20260101/us-east-1/${this.service}/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: new URLSearchParams({ Action: action, Version: this.version, ...parameters }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${action}: ${response.status} ${text}`);
    return text;
  }
}

/** The contents of all elements of a name, in order, with XML's entities resolved. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text]) =>
    (text ?? "")
      .replace(/&quot;|&#34;/g, '"')
      .replace(/&apos;|&#39;|&#x27;/g, "'")
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&amp;/g, "&"),
  );
}
