import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetTopicAttributesCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { isFunction, isQueue, isTopic } from "../../schedule/target";
import type { TickMessage } from "../../schedule/tick";
import { createClient } from "./clients";
import { type Clock, systemClock } from "./clock";
import { connectionWarmer } from "./connection-warmer";
import { type Answered, prepareRequest } from "./prepared-request";
import { askForUrl, QueueClient, sendTick } from "./queue-target";

/**
 * How a dispatch failed: `refused` certainly did not reach the target and may be tried again; `rejected` did not either, and
 * another try would not; `unknown` may have reached it.
 */
export type DispatchFailure = "refused" | "rejected" | "unknown";

/** A dispatch that did not succeed, with what is known of it. */
export class DispatchError extends Error {
  override readonly name = "DispatchError";
  constructor(
    readonly target: string,
    readonly failure: DispatchFailure,
    override readonly cause: unknown,
  ) {
    super(`${target}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`);
  }
}

/** The dispatch of one tick to one target: built and signed, and not yet sent. */
export interface PreparedDispatch {
  /** Sends it. @throws DispatchError */
  write(): Promise<Answered>;
  /** Drops it unsent. */
  abandon(): void;
}

/** Hands ticks to targets. */
export interface Targets {
  /**
   * Prepares to hand one tick to one target: a function is invoked asynchronously, a topic is published to, a queue is
   * sent a message. It is to be written within seconds: AWS takes a signature for five minutes.
   *
   * @param target the target's ARN.
   * @param answerWithinMs longest wait for the answer, in ms.
   * @throws DispatchError `refused` if the request cannot be built.
   */
  prepare(target: string, message: TickMessage, answerWithinMs: number): Promise<PreparedDispatch>;
  /**
   * Opens connections to the targets' services ahead of time, and finds out those that have died while the function was
   * frozen, so that the ticks wait for no handshake. Never throws.
   *
   * @param targets ARNs.
   */
  warm(targets: readonly string[]): Promise<void>;
}

/** Longest wait for an answer to one dispatch, in ms. */
export const LONGEST_ANSWER_MS = 3_000;

/** Longest wait for the answer to a request that opens a connection, in ms: short enough for another one before the tick. */
const WARM_WITHIN_MS = 300;

/**
 * Targets by the AWS SDK. Its own retries are off: `dispatchTick` decides what is tried again, and for how long.
 *
 * @param connections to each service at most. A dispatch waits for a free one, and an answer takes some ten ms.
 */
export function awsTargets(clock: Clock = systemClock, connections?: number): Targets {
  const limits = { answerWithinMs: LONGEST_ANSWER_MS, tries: 1, connections };
  const lambda = createClient(LambdaClient, limits);
  const sns = createClient(SNSClient, limits);
  const sqs = createClient(QueueClient, limits);
  const warmFunctions = connectionWarmer(
    clock,
    (target) =>
      lambda.send(new InvokeCommand({ FunctionName: target, InvocationType: "DryRun" }), {
        requestTimeout: WARM_WITHIN_MS,
      }),
    connections,
  );
  const warmTopics = connectionWarmer(
    clock,
    (target) => sns.send(new GetTopicAttributesCommand({ TopicArn: target }), { requestTimeout: WARM_WITHIN_MS }),
    connections,
  );
  const warmQueues = connectionWarmer(
    clock,
    (target) => sqs.send(askForUrl(target), { requestTimeout: WARM_WITHIN_MS }),
    connections,
  );
  const request = (target: string, message: TickMessage, requestTimeout: number) => {
    if (isQueue(target)) {
      const send = sendTick(target, message);
      return prepareRequest(send, () => sqs.send(send, { requestTimeout }), clock.now);
    }
    const body = JSON.stringify(message);
    if (isTopic(target)) {
      const publish = new PublishCommand({ TopicArn: target, Message: body });
      return prepareRequest(publish, () => sns.send(publish, { requestTimeout }), clock.now);
    }
    const invoke = new InvokeCommand({ FunctionName: target, InvocationType: "Event", Payload: body });
    return prepareRequest(invoke, () => lambda.send(invoke, { requestTimeout }), clock.now);
  };
  return {
    async prepare(target, message, answerWithinMs) {
      const prepared = await request(target, message, answerWithinMs).catch((error) => {
        throw new DispatchError(target, "refused", error);
      });
      return {
        abandon: prepared.abandon,
        write: () =>
          prepared.write().catch((error) => {
            throw new DispatchError(target, failureOf(error), error);
          }),
      };
    },
    async warm(targets) {
      await Promise.all([
        warmFunctions(targets.filter(isFunction)),
        warmTopics(targets.filter(isTopic)),
        warmQueues(targets.filter(isQueue)),
      ]);
    },
  };
}

/** Answers that say that the service did not take the request, and may take it again soon. */
const TURNED_AWAY = new Set([429, 503]);

/** Errors of the connection before anything was sent, by code and by system call. */
const NOT_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
const BEFORE_SENDING = new Set(["connect", "getaddrinfo"]);

/** What `@smithy/node-http-handler` says of a connection that did not come about within the limit; it has no code. */
const NEVER_CONNECTED = /did not establish a connection/;

/**
 * What an SDK error says of the dispatch. It is refused if the service says so (throttled, 503), or if there was no
 * connection; rejected if the service says that anything else is wrong with it. It is unknown, and may have arrived, if
 * there is no answer, or one that leaves it open: 500, 502, 504, or an acceptance that could not be read.
 */
export function failureOf(error: unknown): DispatchFailure {
  const { $metadata, code, syscall, name, message, errors } = error as {
    $metadata?: { httpStatusCode?: number };
    code?: string;
    syscall?: string;
    name?: string;
    message?: string;
    errors?: unknown[];
  };
  const status = $metadata?.httpStatusCode;
  if (TURNED_AWAY.has(status as number) || /Throttl|TooManyRequests/.test(name ?? "")) return "refused";
  if (status !== undefined) return status >= 300 && status < 500 ? "rejected" : "unknown";
  // A host with several addresses fails with one error for each.
  if (errors?.length) return errors.every((one) => failureOf(one) === "refused") ? "refused" : "unknown";
  const unsent = NOT_SENT.has(code ?? "") || BEFORE_SENDING.has(syscall ?? "") || NEVER_CONNECTED.test(message ?? "");
  return unsent ? "refused" : "unknown";
}
