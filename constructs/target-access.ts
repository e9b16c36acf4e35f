import type { Allow } from "./policy";

/** What the dispatch to a topic takes: to publish, and to ask for something small first, so that the connection is open. */
export const TOPIC_ACTIONS = ["sns:Publish", "sns:GetTopicAttributes"] as const;

/** The same of a queue: to send, and to ask for its URL first. */
export const QUEUE_ACTIONS = ["sqs:SendMessage", "sqs:GetQueueUrl"] as const;

/** A service whose targets may be encrypted with a key of the user's. */
export type EncryptingService = "sns" | "sqs";

/**
 * What publishing to topics, or sending to queues, with customer managed keys takes of the sender (SNS developer guide,
 * "Managing encryption keys and costs"; SQS developer guide, "Key management"): to make and read data keys, for those
 * services alone.
 *
 * @param keyArns ARNs of the keys.
 * @param region of the topics and queues.
 * @param services that use the keys.
 * @returns nothing without keys.
 */
export function useTargetKeys(
  keyArns: readonly string[],
  region: string,
  services: readonly EncryptingService[],
): Allow[] {
  if (keyArns.length === 0) return [];
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return [
    {
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: keyArns,
      condition: { StringEquals: { "kms:ViaService": services.map((service) => `${service}.${region}.${suffix}`) } },
    },
  ];
}
