import path from "node:path";
import { ARCHIVE_VERSION } from "../../emulator/archive-stub";
import {
  findMirror,
  MIRROR_VARIABLE,
  type Mirror,
  type MirrorFileSystem,
  REGISTRY_HOST,
  realMirrorFileSystem,
  terraformPlatform,
} from "./provider-mirror";
import { readUserCliConfig, type UserCliConfig } from "./terraform-cli-config";
import { satisfies } from "./version-constraint";

/** The environment variable that decides where providers come from: "registry" or "mirror". Unset, the registry is asked first. */
export const PROVIDERS_VARIABLE = "METRONOME_PROVIDERS";

/** Whether the public Terraform registry can be reached, and if not, why. */
export type RegistryAnswer = { readonly answers: true } | { readonly answers: false; readonly reason: string };

/** The providers that an environment needs. hashicorp/archive is always the release that @cdktf/provider-archive pins. */
export interface ProviderNeeds {
  /** A Terraform version constraint for hashicorp/aws, such as ">= 5.100.0, < 7". */
  readonly aws: string;
}

/** What {@link chooseProviders} works with. */
export interface ChooseProvidersOptions {
  /** The root of the project's checkout. */
  readonly projectDir: string;
  /** The environment that Terraform would be started with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly needs: ProviderNeeds;
  /** Asks the registry. @default registryAnswers */
  readonly askRegistry?: () => Promise<RegistryAnswer>;
  /** Where mirrors are looked for. @default the machine's file system */
  readonly fileSystem?: MirrorFileSystem;
}

/** Where providers come from, before anything is made ready. */
export type ProviderChoice =
  | {
      readonly kind: "registry";
      /** The user's own Terraform CLI configuration. */
      readonly user: UserCliConfig;
      /** Why it was chosen: a clause. */
      readonly why: string;
      /** Sentences for the user; often none. */
      readonly notes: readonly string[];
    }
  | {
      readonly kind: "mirror";
      readonly mirror: Mirror;
      /** The mirror's versions of hashicorp/aws that fit the need, newest first; at least one. */
      readonly awsVersions: readonly string[];
      /** Where hashicorp/archive comes from; the stand-in needs Go, also where an earlier build of it is used. */
      readonly archiveFrom: "mirror" | "stand-in";
      /** Why it was chosen, and what Terraform takes from it: a sentence. */
      readonly note: string;
    };

/**
 * Asks registry.terraform.io for its discovery document, which Terraform asks for first.
 *
 * @param timeoutMs milliseconds to wait for the whole answer
 * @param get the `fetch` to ask with; Node's honours proxies as Node does
 */
export async function registryAnswers(timeoutMs = 3000, get: typeof fetch = fetch): Promise<RegistryAnswer> {
  try {
    const response = await get(`https://${REGISTRY_HOST}/.well-known/terraform.json`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      return { answers: false, reason: `HTTP status ${response.status}` };
    }
    const services = (await response.json()) as Record<string, unknown> | null;
    const isRegistry = typeof services?.["providers.v1"] === "string";
    return isRegistry ? { answers: true } : { answers: false, reason: "its answer is not a registry's" };
  } catch (error) {
    return { answers: false, reason: failureReason(error, timeoutMs) };
  }
}

/**
 * Finds out where Terraform's providers come from: the registry where it answers, else a filesystem mirror on this machine. For the
 * local environment only: a real environment uses Terraform as the user has set it up.
 *
 * @throws Error when no provider can be had, or a setting has an unknown value; it says what to do
 */
export async function chooseProviders(options: ChooseProvidersOptions): Promise<ProviderChoice> {
  const { env } = options;
  const home = env.HOME ?? env.USERPROFILE ?? "";
  const user = readUserCliConfig(env, home, process.platform);
  const choice = env[PROVIDERS_VARIABLE] ?? "";
  switch (choice) {
    case "registry":
      return { kind: "registry", user, why: `${PROVIDERS_VARIABLE} is "registry"`, notes: [] };
    case "mirror":
      return chooseMirror(options, home, user, `${PROVIDERS_VARIABLE} is "mirror"`);
    case "": {
      const registry = await (options.askRegistry ?? registryAnswers)();
      if (registry.answers) {
        return { kind: "registry", user, why: `${REGISTRY_HOST} answers`, notes: [] };
      }
      const silent = `${REGISTRY_HOST} does not answer (${registry.reason})`;
      if (user.hasNetworkMirror && !env[MIRROR_VARIABLE]) {
        const why = `${silent}, and ${user.file} names a network mirror`;
        return { kind: "registry", user, why, notes: [`Providers come from where ${user.file} says.`] };
      }
      return chooseMirror(options, home, user, silent);
    }
    default:
      throw new Error(
        `${PROVIDERS_VARIABLE} is "${choice}": write "registry" or "mirror", or unset it to let the registry be asked first.`,
      );
  }
}

function chooseMirror(
  options: ChooseProvidersOptions,
  home: string,
  user: UserCliConfig,
  why: string,
): Extract<ProviderChoice, { kind: "mirror" }> {
  const platform = terraformPlatform(process.platform, process.arch);
  const mirror = findMirror({
    env: options.env,
    home,
    workingDirectory: path.resolve(options.projectDir),
    configured: user.filesystemMirrors,
    os: process.platform,
    platform,
    awsConstraint: options.needs.aws,
    fileSystem: options.fileSystem ?? realMirrorFileSystem(),
  });
  if (!mirror) {
    throw noProviders(why, platform);
  }
  const awsVersions = mirror.awsVersions.filter((version) => satisfies(version, options.needs.aws));
  if (awsVersions.length === 0) {
    throw wrongAws(mirror, options.needs.aws);
  }
  return {
    kind: "mirror",
    mirror,
    awsVersions,
    archiveFrom: mirror.archiveVersions.includes(ARCHIVE_VERSION) ? "mirror" : "stand-in",
    note: `${why}: Terraform takes hashicorp/aws ${awsVersions[0]} from the mirror ${mirror.root} (${mirror.foundBy}).`,
  };
}

function failureReason(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return name === "TimeoutError"
    ? `no answer within ${timeoutMs / 1000} s`
    : (cause?.code ?? cause?.message ?? message);
}

function noProviders(why: string, platform: string): Error {
  return new Error(
    `There is no Terraform provider to be had: ${why}, and no filesystem mirror with hashicorp/aws for ${platform} was found on this machine. ` +
      "Connect to the internet; or fill a directory with `terraform providers mirror DIRECTORY` on a machine where the registry answers, " +
      `and set ${MIRROR_VARIABLE} to it; or, where Terraform reaches the registry by a proxy that Node.js does not use, set ` +
      `${PROVIDERS_VARIABLE}=registry.`,
  );
}

function wrongAws(mirror: Mirror, constraint: string): Error {
  return new Error(
    `The mirror ${mirror.root} holds hashicorp/aws ${mirror.awsVersions.join(", ")}, and none of these fits "${constraint}". ` +
      `Add one that does with \`terraform providers mirror\`, or set ${MIRROR_VARIABLE} to another mirror.`,
  );
}
