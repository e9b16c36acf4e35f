import type { Environment } from "../../config/environment";
import { environments } from "../../config/environments";
import { OVERRIDES_VARIABLE, withOverrides } from "../../config/overrides";
import { parseEnvironments } from "../../config/parse";
import { emulatorEnvironment, type ProcessEnvironment } from "../../emulator/aws-environment";
import { refuseEmbeddedSettings } from "../../host/embedded-settings";
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
  /**
   * Gets what ends the embedded AWS, if it was started for this; to be called when the work is done. @default it goes on
   * until npm stop
   */
  readonly atEnd?: (end: () => Promise<void>) => void;
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
 * One environment of the configuration as this process's settings override it.
 *
 * @throws UsageError for an unknown one, ConfigError.
 */
export function configuredEnvironment(name: string, env: ProcessEnvironment): Environment {
  checkEnvironments([name]);
  return configuredEnvironments(env)[name] as Environment;
}

/**
 * Makes an environment ready to be worked on. One on AWS uses the caller's credentials and Terraform as they are. The
 * local one uses the embedded AWS that the exported settings name (as `npm start -- --keep` prints them), else the one
 * that runs, else a new one, which `atEnd` ends.
 *
 * @throws ConfigError, RangeError for an unknown environment, Error if the embedded AWS does not start, or if the
 * environment is on AWS and the variables are of the embedded AWS.
 */
export async function openAccess(name: string, options: AccessOptions): Promise<Access> {
  const { env } = options;
  const config = configuredEnvironment(name, env);
  if (!config.endpoint) {
    refuseEmbeddedSettings(name, env);
    return { name, config, env };
  }
  if (name === LOCAL && !env[OVERRIDES_VARIABLE]) return openLocal(config.endpoint, options);
  return { name, config, env: emulatorEnvironment(env, config.endpoint) };
}

async function openLocal(configured: string, { env, signal, say, atEnd }: AccessOptions): Promise<Access> {
  return inWorkDirectory("providers", async (output) => {
    const session = new LocalSession({
      env,
      keep: atEnd === undefined,
      preferredPort: Number(new URL(configured).port),
      signal,
      output,
    });
    atEnd?.(() => session.stop());
    const [emulator, notes] = await Promise.all([session.start(), session.useProviders()]);
    await session.createStateBucket();
    const settings = session.settings({});
    if (!emulator.reused) {
      const until = atEnd ? "ends with this command" : "goes on until npm stop";
      say(`The embedded AWS was started at ${emulator.endpoint}, and ${until}.`);
    }
    for (const note of notes) say(note);
    return {
      name: LOCAL,
      config: configuredEnvironments(settings)[LOCAL] as Environment,
      env: { ...emulatorEnvironment(env, emulator.endpoint), ...settings },
    };
  });
}
