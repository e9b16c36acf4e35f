/** How long a function waits for a service, and how often it asks. */
export interface Limits {
  /** Longest wait for the answer to one try, in ms, with all that comes before it: a free connection, or a new one. */
  readonly answerWithinMs: number;
  /** How often the SDK sends a request that fails in a way that may pass; at least 1. */
  readonly tries: number;
}

/**
 * Connections that a client keeps to its service. A handshake costs a small function more processor time than the request
 * after it, and an answer frees a connection after some ms.
 */
export const CONNECTIONS = 3;

/** Longest wait for a TCP connection, in ms: a tick has time for another try, and AWS answers within a few ms. */
const CONNECTED_WITHIN_MS = 300;

/** What a client of the SDK is created with. */
export interface ClientSettings {
  readonly maxAttempts: number;
  readonly requestHandler: Readonly<Record<string, unknown>>;
}

/**
 * Creates a client of the SDK whose requests end. Every client of every function is created here, once for its service.
 *
 * The SDK only warns about a request that has exceeded `requestTimeout`, unless it is told to throw
 * (`@smithy/node-http-handler`, NodeHttpHandlerOptions). `requestTimeout` ends the wait for an answer that does not begin,
 * `socketTimeout` the wait for one that does not go on.
 */
export function createClient<C>(Client: new (settings: ClientSettings) => C, { answerWithinMs, tries }: Limits): C {
  const agent = { maxSockets: CONNECTIONS };
  return new Client({
    maxAttempts: tries,
    requestHandler: {
      connectionTimeout: CONNECTED_WITHIN_MS,
      requestTimeout: answerWithinMs,
      socketTimeout: answerWithinMs,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
