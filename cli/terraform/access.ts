import type { Environment } from "../../config/environment";
import { environments } from "../../config/environments";
import { OVERRIDES_VARIABLE, withOverrides } from "../../config/overrides";
import { parseEnvironments } from "../../config/parse";
import { emulatorEnvironment, type ProcessEnvironment } from "../../emulator/aws-environment";
import { inWorkDirectory } from "../../host/work-dir";
import { checkEnvironments } from "../lib/environments";
import { LOCAL, LocalSession } from "../start/session";

/** An environment of the configuration, and what a process that works on it needs. */
export interface Access {
  readonly name: string;
  readonly config: Environment;
  /** Variables of cdktf and Terraform. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it is on the embedded AWS. */
  readonly embedded: boolean;
  /** Sentences for the user; often none. */
  readonly notes: readonly string[];
}

export interface AccessOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/**
 * The environments of the configuration as this process's settings override them.
 *
 * @throws ConfigError
 */
export function configuredEnvironments(env: ProcessEnvironment): Readonly<Record<string, Environment>> {
  return parseEnvironments(withOverrides(environments, env[OVERRIDES_VARIABLE]));
}

/**
 * Makes an environment ready to be worked on. One on AWS uses the caller's credentials and Terraform as they are. The
 * local one uses the embedded AWS that the exported settings name (as `npm start -- --keep` prints them), else the one
 * that runs, else a new one, which goes on until `npm stop`.
 *
 * @throws ConfigError, RangeError for an unknown environment, Error where the embedded AWS does not come up.
 */
export async function openAccess(name: string, { env, signal }: AccessOptions): Promise<Access> {
  checkEnvironments([name]);
  const config = configuredEnvironments(env)[name] as Environment;
  if (!config.endpoint) return { name, config, env: defined(env), embedded: false, notes: [] };
  if (name !== LOCAL || env[OVERRIDES_VARIABLE]) {
    return { name, config, env: emulatorEnvironment(env, config.endpoint), embedded: true, notes: [] };
  }
  return openLocal(config.endpoint, { env, signal });
}

async function openLocal(configured: string, { env, signal }: AccessOptions): Promise<Access> {
  return inWorkDirectory("providers", async (output) => {
    const session = new LocalSession({
      env,
      keep: true,
      preferredPort: Number(new URL(configured).port),
      signal,
      output,
    });
    const [emulator, notes] = await Promise.all([session.start(), session.useProviders()]);
    await session.createStateBucket();
    const settings = session.settings({});
    const started = emulator.reused
      ? []
      : [`The embedded AWS was started at ${emulator.endpoint}, and goes on until npm stop.`];
    return {
      name: LOCAL,
      config: configuredEnvironments(settings)[LOCAL] as Environment,
      env: { ...emulatorEnvironment(env, emulator.endpoint), ...settings },
      embedded: true,
      notes: [...started, ...notes],
    };
  });
}

function defined(env: ProcessEnvironment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
