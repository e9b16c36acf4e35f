import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../config/environments";
import type { EnvironmentConfig, Environments } from "../../config/schema";
import { environment, KEY, schedule } from "../config/examples";
import { CI } from "../stacks/ci-roles";
import { everyTarget, MANY_FUNCTIONS, STRATEGIES } from "../stacks/strategies";
import { synthesize } from "../synthesis";

/** Every option that protects something more. */
const PROTECTED: Partial<EnvironmentConfig> = {
  encryption: { logs: KEY, functions: KEY },
  reservedConcurrency: 50,
  tracing: true,
  ci: CI,
};

/** An environment of every variant, with every kind of target; a handover; and what is configured. */
export function ordinary(): Environments {
  const each = STRATEGIES.map(([, strategy], k) => [
    `plain-${k}`,
    everyTarget(strategy, { backend: { bucket: `plain-${k}` } }),
  ]);
  const handover = everyTarget(
    { kind: "lambda-clock" },
    { retiring: { kind: "sfn-loop", machineType: "EXPRESS" }, backend: { bucket: "handover" } },
  );
  const many = environment({
    strategy: { kind: "sqs-delay" },
    schedules: [schedule({ targets: MANY_FUNCTIONS })],
    backend: { bucket: "many" },
  });
  return { ...environments, ...Object.fromEntries(each), handover, many };
}

/** An environment of every variant, with all options; each in an account of its own, of which it creates the OIDC provider. */
export function withAllOptions(): Environments {
  const each = STRATEGIES.map(([, strategy], k) => [
    `own-${k}`,
    environment({
      ...PROTECTED,
      strategy,
      account: String(222_222_222_220 + k),
      backend: { bucket: `own-${k}`, kmsKeyId: KEY, accessLogBucket: "access-logs" },
    }),
  ]);
  return Object.fromEntries(each);
}

/**
 * Writes the synthesized stacks of environments, for checkov to read: each into a directory of its name.
 *
 * @returns the ids of the stacks.
 */
export function writeStacks(directory: string, of: Environments): string[] {
  const templates = synthesize(of);
  for (const [id, { json }] of Object.entries(templates)) {
    // Checkov takes no text and no list among the blocks: with one of these it reads nothing of the stack.
    const { terraform, removed: _, ...blocks } = json;
    const { required_version: __, ...settings } = terraform;
    mkdirSync(join(directory, id), { recursive: true });
    writeFileSync(join(directory, id, "cdk.tf.json"), JSON.stringify({ ...blocks, terraform: settings }));
  }
  return Object.keys(templates);
}
