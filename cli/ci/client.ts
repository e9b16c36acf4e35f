/** What a client is made of. */
export interface ClientOptions {
  /** Where the REST API answers, such as "https://api.github.com"; without a slash at the end. */
  readonly apiUrl: string;
  /** "owner/name". */
  readonly repository: string;
  readonly token: string;
  /** Waits, in ms. @default really */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** A request that GitHub refused or did not answer. The message names the request, the answer and the remedy. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";
  /** @param status the HTTP status; 0 where there was no answer. */
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Pauses before a reading request is made again, in ms: GitHub's short failures are over by then. */
const PAUSES_MS = [1_000, 4_000];
const ANSWER_WITHIN_MS = 30_000;
const PAGE = 100;

/** What a status most likely means in a workflow, and what to do. */
const REMEDIES: Readonly<Record<number, string>> = {
  401: "GITHUB_TOKEN is not valid: give the step the `github.token` in its `env`.",
  403: "the job's token may not do that: give the job the permission (docs/ci.md lists them), or wait where it is the rate limit.",
  404: "it is not there, or the job's token may not see it: give the job the permission (docs/ci.md lists them).",
};

/** The part of GitHub's REST API (version 2022-11-28) that the workflows' commands need, for one repository. */
export class GitHubClient {
  constructor(private readonly options: ClientOptions) {}

  /** Reads one thing. @param path below the repository, such as "/pulls/7". @throws GitHubError */
  async get<T>(path: string): Promise<T> {
    return (await (await this.read(this.url(path))).json()) as T;
  }

  /**
   * Reads a list to its last page.
   *
   * @param field where the answer is an object with the list in one of its fields, that field.
   * @throws GitHubError
   */
  async list<T>(path: string, field?: string): Promise<T[]> {
    const all: T[] = [];
    let next: string | undefined = this.url(`${path}${path.includes("?") ? "&" : "?"}per_page=${PAGE}`);
    while (next) {
      const response = await this.read(next);
      const page = (await response.json()) as T[] & Record<string, T[]>;
      all.push(...((field ? page[field] : page) ?? []));
      next = this.nextPage(response);
    }
    return all;
  }

  /** Creates or changes one thing, once: what changes something is never made again by itself. @throws GitHubError */
  async send<T>(method: "POST" | "PATCH", path: string, body: unknown): Promise<T> {
    return (await (await this.request(method, this.url(path), body)).json()) as T;
  }

  private url(path: string): string {
    return `${this.options.apiUrl}/repos/${this.options.repository}${path}`;
  }

  /** The `rel="next"` of the Link header; the token goes nowhere but to the API. */
  private nextPage(response: Response): string | undefined {
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    return next && new URL(next).origin === new URL(this.options.apiUrl).origin ? next : undefined;
  }

  private async read(url: string): Promise<Response> {
    const sleep = this.options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
    for (const pause of PAUSES_MS) {
      try {
        return await this.request("GET", url);
      } catch (error) {
        const { status } = error as GitHubError;
        if (status !== 0 && status !== 429 && status < 500) throw error;
        await sleep(pause);
      }
    }
    return this.request("GET", url);
  }

  private async request(method: string, url: string, body?: unknown): Promise<Response> {
    const shown = `${method} ${new URL(url).pathname}`;
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${this.options.token}`,
          "x-github-api-version": "2022-11-28",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } catch (error) {
      const { cause, message } = error as Error & { cause?: Error };
      throw new GitHubError(`${shown}: no answer from GitHub (${cause?.message ?? message}). Run the job again.`, 0);
    }
    if (response.ok) return response;
    throw new GitHubError(await refusal(shown, response), response.status);
  }
}

async function refusal(shown: string, response: Response): Promise<string> {
  const text = await response.text();
  let said = text;
  try {
    said = (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    // A proxy's page is no JSON.
  }
  const remedy =
    REMEDIES[response.status] ?? "run the job again; where it stays so, see the request in GitHub's REST reference.";
  return `${shown}: GitHub says ${response.status}, ${JSON.stringify(said.slice(0, 200))}: ${remedy}`;
}
