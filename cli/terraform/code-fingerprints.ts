import { fingerprint, isObject } from "./fingerprint";

/**
 * Fingerprints of what a stack's code came to: of each block of the synthesized configuration by its address, such as
 * `aws_lambda_function.iterator_function_B9176465` or `terraform.backend`, and of each asset by its path, such as
 * `assets/…/index.js`. cdktf's own metadata (the keys `//`) do not count: Terraform does not read them.
 *
 * @param synthesized the content of `cdk.tf.json`.
 * @param assets SHA-256 in hex of each asset, by path in the stack's directory.
 */
export function codeFingerprints(
  synthesized: unknown,
  assets: Readonly<Record<string, string>>,
): Record<string, string> {
  const found: Record<string, string> = { ...assets };
  const root = withoutMetadata(synthesized);
  for (const [kind, blocks] of entriesOf(root)) {
    for (const [name, block] of entriesOf(blocks)) {
      if (kind !== "resource" && kind !== "data") found[`${kind}.${name}`] = fingerprint(block);
      else {
        const prefix = kind === "data" ? "data." : "";
        for (const [id, body] of entriesOf(block)) found[`${prefix}${name}.${id}`] = fingerprint(body);
      }
    }
  }
  return found;
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "//");
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutMetadata(part)]));
}
