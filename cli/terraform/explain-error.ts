import type { Environment } from "../../config/environment";
import { stackId } from "../../constructs/naming";
import { visible } from "../lib/visible";

/** The environment that Terraform works on. */
export interface TerraformTarget {
  readonly name: string;
  readonly config: Pick<Environment, "account" | "endpoint"> & { readonly backend: { readonly bucket: string } };
}

/**
 * What this project knows and Terraform does not say. The first entry that matches adds its sentences to Terraform's own
 * words; if Terraform changes its words, the message loses the sentences alone.
 */
const REMEDIES: readonly (readonly [
  error: RegExp,
  remedy: (target: TerraformTarget, text: string) => string | undefined,
])[] = [
  [/Error acquiring the state lock/, releaseLock],
  [
    /S3 bucket "[^"]*" does not exist|NoSuchBucket/,
    ({ name, config }) =>
      `Is "${config.backend.bucket}" right (backend.bucket of "${name}" in config/environments.ts)? If the account is new, the stack ${stackId(`state-${name}`)} creates the bucket: docs/operations.md, "First deployment to a new account".`,
  ],
  [
    /AWS account ID not allowed/,
    ({ name, config }) =>
      `"${name}" is for the account ${config.account}. Use that account's credentials (AWS_PROFILE, or the role of CI), or correct "account" in config/environments.ts.`,
  ],
  [
    /Inconsistent dependency lock file|Provider dependency changes detected|(doesn't|do not) match any of the checksums/,
    ({ name }) =>
      `The lock file of ${stackId(name)} is in the directory locks. If the versions changed on purpose, or this platform is new: npx metronome lock ${name}, commit the file, and plan again.`,
  ],
  [
    /connection refused/,
    ({ name, config }) =>
      config.endpoint
        ? `The embedded AWS of "${name}" does not answer. It may have ended: unset METRONOME_OVERRIDES, or start it with npm start -- --keep.`
        : undefined,
  ],
];

/** Longest excerpt of an error, in lines. */
const MOST_LINES = 25;
/** Longest line of an excerpt, in characters. */
const LONGEST_LINE = 400;

/**
 * Terraform's own words for what failed, and what to do if this project knows more than Terraform.
 *
 * @param output Terraform's lines, without colours.
 * @returns text without the lines that Terraform quotes of the configuration, which may hold a payload.
 */
export function explainError(output: readonly string[], target: TerraformTarget): string {
  const lines = output.map((line) => line.replace(/^[╷│╵]\s?/, "").trimEnd());
  // Terraform breaks lines anywhere between words.
  const text = lines.join(" ").replace(/\s+/g, " ");
  const remedy = REMEDIES.find(([error]) => error.test(text))?.[1](target, text);
  return `Terraform failed for "${target.name}":\n${visible(ownWords(lines))}${remedy ? `\n\n${remedy}` : ""}`;
}

function releaseLock({ name }: TerraformTarget, text: string): string {
  // A lock is a file that others write: what is pasted into a shell is a UUID or nothing.
  const id = /\bID: ([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/.exec(text)?.[1];
  if (!id) return "Wait for other runs to end, and try again.";
  return [
    "If that run is still going, wait for it to end. If it was killed, its lock stays: make sure that it no longer runs,",
    "because two runs at once would damage the state. Then release the lock and run this command again:",
    `  npx metronome state unlock ${name} ${id}`,
    "docs/state.md says how to go on after a deploy that was killed.",
  ].join("\n");
}

function ownWords(lines: readonly string[]): string {
  const from = lines.findIndex((line) => /\bError\b/.test(line));
  return (from === -1 ? lines.slice(-MOST_LINES) : lines.slice(from))
    .filter((line) => !/^\s*\d+: /.test(line))
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
    .join("\n")
    .trim();
}
