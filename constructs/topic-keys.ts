import type { Allow } from "./policy";

/**
 * What publishing to topics with customer managed keys takes of the publisher (SNS developer guide, "Managing encryption
 * keys and costs"): to make and read data keys, for SNS alone.
 *
 * @param keyArns ARNs of the keys.
 * @param region of the topics.
 * @returns nothing without keys.
 */
export function useTopicKeys(keyArns: readonly string[], region: string): Allow[] {
  if (keyArns.length === 0) return [];
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return [
    {
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: keyArns,
      condition: { StringEquals: { "kms:ViaService": `sns.${region}.${suffix}` } },
    },
  ];
}
