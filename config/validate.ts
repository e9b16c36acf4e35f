import type { z } from "zod";
import { globalArn } from "../schedule/arn";
import { combinationProblems } from "./combinations";
import { environmentsSchema } from "./schema";
import type { Environments } from "./types";

/** A configuration that cannot be deployed. The message has one line per problem: path, value, limit, remedy. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`} (config/environments.ts):\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
  }
}

/**
 * Checks every field of every environment, each on its own and together.
 *
 * @throws ConfigError with all problems at once.
 */
export function validate(environments: Environments): Environments {
  const result = environmentsSchema.safeParse(environments);
  const fields = result.success ? [] : result.error.issues.map((issue) => describe(issue, environments));
  const combinations = Object.entries(environments ?? {}).flatMap(([name, environment]) =>
    combinationProblems(environment ?? {}).map(({ path, message }) => line([name, ...path], message, environments)),
  );
  const problems = [
    ...fields,
    ...combinations,
    ...nameClashes(environments ?? {}),
    ...sharedBuckets(environments ?? {}),
    ...doubledProviders(environments ?? {}),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return environments;
}

/**
 * Environments of one account whose physical names could be the same, or match each other's patterns: those of which
 * one's name goes on where the other's ends, as `dev` and `dev-2`.
 */
function nameClashes(environments: Environments): string[] {
  const all = Object.entries(environments);
  return all.flatMap(([name, environment]) =>
    all
      .filter(([other, before]) => before?.account === environment?.account && name.startsWith(`${other}-`))
      .map(
        ([other]) =>
          `${name}: this name goes on where "${other}" ends, an environment of the same account, so their resources' names could clash. Rename one, such as to "${name.replaceAll("-", "")}".`,
      ),
  );
}

/** Buckets that an environment before names too: each environment's `metronome-state-<env>` stack owns its bucket. */
function sharedBuckets(environments: Environments): string[] {
  const all = Object.entries(environments);
  return all.flatMap(([name, environment], k) => {
    const bucket = environment?.backend?.bucket;
    const owner = all.slice(0, k).find(([, before]) => before?.backend?.bucket === bucket)?.[0];
    if (!bucket || owner === undefined) return [];
    const message = `is the bucket of "${owner}" too. Give each environment its own: its stack metronome-state-${name} creates and owns it.`;
    return [line([name, "backend", "bucket"], message, environments)];
  });
}

/** Environments that would create an OIDC provider for GitHub which one before creates: an account can have only one. */
function doubledProviders(environments: Environments): string[] {
  const creating = Object.entries(environments).filter(([, own]) => own?.ci && !own.ci.oidcProviderArn);
  return creating.flatMap(([name, { account, region }], k) => {
    const first = creating.slice(0, k).find(([, before]) => before.account === account)?.[0];
    if (first === undefined) return [];
    const providerArn = globalArn("iam", String(region), account, "oidc-provider/token.actions.githubusercontent.com");
    const message = `would create the account's OIDC provider for GitHub, as "${first}" does, and an account can have only one. Write oidcProviderArn: "${providerArn}" here.`;
    return [line([name, "ci"], message, environments)];
  });
}

function describe(issue: z.core.$ZodIssue, environments: Environments): string {
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => `"${key}"`).join(", ");
    return `${pathText(issue.path)}: ${keys} is not a field here. Remove it, or correct its spelling (config/types.ts lists the fields).`;
  }
  if (issue.code === "invalid_key") {
    const name = String(issue.path.at(-1));
    return `${pathText(issue.path.slice(0, -1))}: ${JSON.stringify(name)} ${issue.issues[0]?.message}`;
  }
  return line(issue.path, issue.message, environments);
}

/** `dev.schedules[0].interval: "0s" is not …` */
function line(path: readonly PropertyKey[], message: string, environments: Environments): string {
  const value = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    environments,
  );
  const shown = asText(value);
  return `${pathText(path)}: ${shown.length > 80 ? `${shown.slice(0, 77)}…` : shown} ${message}`;
}

/** A value as the file has it, also where JSON has no word for it. */
function asText(value: unknown): string {
  if (value === undefined) return "a missing value";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "function") return String(value);
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "environments";
  return path.map((key, k) => (typeof key === "number" ? `[${key}]` : `${k > 0 ? "." : ""}${String(key)}`)).join("");
}
