import type { Problem } from "../strategies/strategy";
import type { EnvironmentFields } from "./schema";

/** An environment's name, and its fields with stand-ins for those that are wrong. */
export interface NamedFields {
  readonly name: string;
  readonly fields: EnvironmentFields;
}

/**
 * Environments of one account whose physical names could be the same, or match each other's patterns: one name continues
 * the other after a dash, such as `dev` and `dev-2`.
 */
export function nameClashes(all: readonly NamedFields[]): string[] {
  return all.flatMap(({ name, fields: { account } }) =>
    all
      .filter((other) => other.fields.account === account && name.startsWith(`${other.name}-`))
      .map(
        (other) =>
          `${name}: this name continues "${other.name}", that of an environment of the same account, so their resources' names could clash. Rename one, such as to "${name.replaceAll("-", "")}".`,
      ),
  );
}

/** What environments cannot share. Paths begin with the environment's name. */
export function problemsAmong(all: readonly NamedFields[]): Problem[] {
  return [...sharedBuckets(all), ...doubledProviders(all), ...ownTargets(all)];
}

/** Targets that are a part of a clock, such as its queue of bursts. The sample function may be named as any function may. */
function ownTargets(all: readonly NamedFields[]): Problem[] {
  return all.flatMap(({ name, fields: { account, schedules, targetPatterns } }) => {
    const prefixes = all.filter(({ fields }) => fields.account === account).map((one) => `metronome-${one.name}-`);
    const patterns = targetPatterns.flatMap((pattern, k) => {
      const begin = nameOf(pattern).replace("*", "");
      if (!prefixes.some((prefix) => prefix.startsWith(begin) || begin.startsWith(prefix))) return [];
      const message = "covers parts of a clock, which none of its ticks may reach. Write more of your targets' names.";
      return [{ path: [name, "targetPatterns", k], message }];
    });
    const targets = schedules.flatMap(({ targets = [] }, k) =>
      targets.flatMap((arn, n) => {
        const target = nameOf(arn);
        if (target.endsWith("-sample-target") || !prefixes.some((prefix) => target.startsWith(prefix))) return [];
        const message = "is a part of a clock, which a tick would disturb. Name a target of your own.";
        return [{ path: [name, "schedules", k, "targets", n], message }];
      }),
    );
    return [...patterns, ...targets];
  });
}

/** The name of a function, topic or queue in its ARN, without a function's version or alias; empty for another text. */
function nameOf(arn: string): string {
  const parts = arn.split(":");
  return (parts[5] === "function" ? parts[6] : parts[5]) ?? "";
}

/** Buckets that an environment before names too: each environment's `metronome-state-<env>` stack owns its bucket. */
function sharedBuckets(all: readonly NamedFields[]): Problem[] {
  return all.flatMap(({ name, fields: { backend } }, k) => {
    const owner = all.slice(0, k).find((before) => before.fields.backend.bucket === backend.bucket);
    if (backend.bucket === "" || !owner) return [];
    const message = `is the bucket of "${owner.name}" too. Give each environment its own: its stack metronome-state-${name} creates and owns it.`;
    return [{ path: [name, "backend", "bucket"], message }];
  });
}

/** Environments that would create an OIDC provider for GitHub which one before creates: an account can have only one. */
function doubledProviders(all: readonly NamedFields[]): Problem[] {
  const creating = all.filter(({ fields: { ci } }) => ci && !ci.oidcProviderArn);
  return creating.flatMap(({ name, fields: { account, region } }, k) => {
    const first = creating.slice(0, k).find((before) => before.fields.account === account);
    if (!first) return [];
    const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    const providerArn = `arn:${partition}:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
    const message = `would create the account's OIDC provider for GitHub, as "${first.name}" does, and an account can have only one. Write oidcProviderArn: "${providerArn}" here.`;
    return [{ path: [name, "ci"], message }];
  });
}
