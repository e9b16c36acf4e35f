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
  readonly env: ProcessEnvironment;
}

export interface AccessOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Gets what happens, in sentences. */
  readonly say: (text: string) => void;
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
 * @throws ConfigError, RangeError for an unknown environment, Error if the embedded AWS does not start.
 */
export async function openAccess(name: string, options: AccessOptions): Promise<Access> {
  const { env } = options;
  checkEnvironments([name]);
  const config = configuredEnvironments(env)[name] as Environment;
  if (!config.endpoint) return { name, config, env };
  if (name === LOCAL && !env[OVERRIDES_VARIABLE]) return openLocal(config.endpoint, options);
  return { name, config, env: emulatorEnvironment(env, config.endpoint) };
}

async function openLocal(configured: string, { env, signal, say }: AccessOptions): Promise<Access> {
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
    if (!emulator.reused) say(`The embedded AWS was started at ${emulator.endpoint}, and goes on until npm stop.`);
    for (const note of notes) say(note);
    return {
      name: LOCAL,
      config: configuredEnvironments(settings)[LOCAL] as Environment,
      env: { ...emulatorEnvironment(env, emulator.endpoint), ...settings },
    };
  });
}
