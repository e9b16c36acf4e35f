/** How long a function waits for a service, and how often it asks. */
export interface Limits {
  /** Longest wait for the answer to one try, in ms, from when a connection is free for it. */
  readonly answerWithinMs: number;
  /** How often the SDK sends a request that fails in a way that may pass; at least 1. */
  readonly tries: number;
  /** Connections that it keeps at most. @default {@link CONNECTIONS} */
  readonly connections?: number;
}

/**
 * Connections that a client keeps to its service. A handshake costs a small function more processor time than the request
 * after it, and an answer frees a connection after some ms.
 */
export const CONNECTIONS = 3;

/** Longest wait for a TCP connection, in ms: a tick has time for another try, and AWS answers within a few ms. */
const CONNECTED_WITHIN_MS = 300;

/**
 * Longest wait for an answer until the service has given one, in ms. At 128 MB a function has 7 % of a processor, and takes
 * a second for its first handshakes; and a connection that is new has not died while the function was frozen.
 */
const FIRST_ANSWER_WITHIN_MS = 2_000;

/** What a client of the SDK is created with. */
export interface ClientSettings {
  readonly maxAttempts: number;
  readonly requestHandler: Readonly<Record<string, unknown>>;
}

/** The part of a client that is used here: what sends its requests. */
interface Client {
  readonly config: { requestHandler: { handle(request: never, options?: SendOptions): Promise<unknown> } };
}

/** Options of `send` that reach the request handler. */
interface SendOptions {
  /** Longest wait for the answer, in ms. */
  readonly requestTimeout?: number;
}

/**
 * Creates a client of the SDK whose requests end. Every client of every function is created here, once for its service.
 *
 * The SDK only warns about a request that has exceeded `requestTimeout`, unless it is told to throw
 * (`@smithy/node-http-handler`, NodeHttpHandlerOptions). `requestTimeout` ends the wait for an answer that does not begin,
 * `socketTimeout` the wait for one that does not go on. The SDK counts from before a request has got a connection, so it
 * is handed over when there is one: a limit is the service's alone.
 */
export function createClient<C extends Client>(
  Client: new (settings: ClientSettings) => C,
  { answerWithinMs, tries, connections = CONNECTIONS }: Limits,
): C {
  const agent = { maxSockets: connections };
  const client = new Client({
    maxAttempts: tries,
    requestHandler: {
      connectionTimeout: CONNECTED_WITHIN_MS,
      socketTimeout: Math.max(answerWithinMs, FIRST_ANSWER_WITHIN_MS),
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  const handler = client.config.requestHandler;
  const handle = handler.handle.bind(handler);
  const inTurn = turns(connections);
  let answered = false;
  handler.handle = (request, options) =>
    inTurn(async () => {
      const limit = options?.requestTimeout ?? answerWithinMs;
      const requestTimeout = answered ? limit : Math.max(limit, FIRST_ANSWER_WITHIN_MS);
      const answer = await handle(request, { ...options, requestTimeout });
      answered = true;
      return answer;
    });
  return client;
}

/** Lets so many tasks run at once, and the others in the order they came. */
function turns(atOnce: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
