import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetTopicAttributesCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { isTopic } from "../../schedule/target";
import type { TickMessage } from "../../schedule/tick";

/** How a dispatch failed: `refused` certainly did not reach the target and may be tried again; `unknown` may have reached it. */
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

/** Hands ticks to targets. */
export interface Targets {
  /**
   * Hands one tick to one target: a function is invoked asynchronously, a topic is published to.
   *
   * @param target the target's ARN.
   * @throws DispatchError
   */
  dispatch(target: string, message: TickMessage): Promise<void>;
  /** Opens the connection to a target's service ahead of time, so that the tick does not wait for a handshake; never throws. */
  warm(target: string): Promise<void>;
}

/** Longest wait for an answer to one dispatch, in ms. */
const ANSWER_WITHIN_MS = 3_000;

/** Targets by the AWS SDK. Its own retries are off: `dispatchTick` decides what is tried again, and for how long. */
export function awsTargets(): Targets {
  const settings = {
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: ANSWER_WITHIN_MS },
  };
  const lambda = new LambdaClient(settings);
  const sns = new SNSClient(settings);
  return {
    async dispatch(target, message) {
      const body = JSON.stringify(message);
      try {
        if (isTopic(target)) {
          await sns.send(new PublishCommand({ TopicArn: target, Message: body }));
        } else {
          await lambda.send(new InvokeCommand({ FunctionName: target, InvocationType: "Event", Payload: body }));
        }
      } catch (error) {
        throw new DispatchError(target, failureOf(error), error);
      }
    },
    async warm(target) {
      const ask = async () => {
        if (isTopic(target)) await sns.send(new GetTopicAttributesCommand({ TopicArn: target }));
        else await lambda.send(new InvokeCommand({ FunctionName: target, InvocationType: "DryRun" }));
      };
      // Again, because the first may meet a connection that has died while the function was frozen.
      await ask().catch(() => ask().catch(() => undefined));
    },
  };
}

/** Errors of the connection before anything was sent. */
const NOT_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/**
 * What an SDK error says of the dispatch. An answer from the service is certain: throttling or a server error means
 * refused, and worth another try; any other answer means rejected. Without an answer the dispatch may have arrived, unless
 * there was no connection.
 */
export function failureOf(error: unknown): DispatchFailure {
  const { $metadata, code, name } = error as {
    $metadata?: { httpStatusCode?: number };
    code?: string;
    name?: string;
  };
  const status = $metadata?.httpStatusCode;
  if (status === 429 || (status !== undefined && status >= 500) || /Throttl|TooManyRequests/.test(name ?? "")) {
    return "refused";
  }
  if (status !== undefined) return "rejected";
  return NOT_SENT.has(code ?? "") ? "refused" : "unknown";
}
