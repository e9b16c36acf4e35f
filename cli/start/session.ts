import { join } from "node:path";
import type { Environment } from "../../config/environment";
import { environments } from "../../config/environments";
import { OVERRIDES_VARIABLE, withOverrides } from "../../config/overrides";
import { parseEnvironments } from "../../config/parse";
import type { EnvironmentConfig } from "../../config/schema";
import { stackId } from "../../constructs/naming";
import { emulatorEnvironment } from "../../emulator/aws-environment";
import { type Emulator, type EmulatorOptions, startEmulator, stopEmulator } from "../../emulator/emulator";
import { fireSoon } from "../../emulator/first-firing";
import { createStateBucket } from "../../emulator/state-bucket";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";
import { asciiJson } from "../../strategies/json-text";
import { forgetOthers, type PrepareProvidersOptions, prepareProviders } from "../providers/providers";
import { terraformProgram } from "../terraform/binary";
import { type CdktfOptions, type DeployProgress, deploy, destroy, hasChanges } from "../terraform/cdktf";

/** The environment that the commands run on this machine. */
export const LOCAL = "local";

/** Fields of the local environment that a run sets in place of the file's. */
export type LocalFields = Partial<
  Pick<EnvironmentConfig, "strategy" | "retiring" | "schedules" | "enabled" | "note" | "monitoring" | "ci">
>;

/**
 * The local environment with the fields of this run.
 *
 * @throws ConfigError with all problems.
 */
export function localEnvironment(fields: LocalFields): Environment {
  const all = withOverrides(environments, JSON.stringify({ environment: LOCAL, fields }));
  return parseEnvironments(all)[LOCAL] as Environment;
}

/** The version constraint of hashicorp/aws that the local environment's providers must meet. @throws ConfigError */
export function localAwsConstraint(): string {
  return localEnvironment({}).awsProviderVersion;
}

/**
 * When Terraform's processes collect garbage, in percent of what lives. hashicorp/aws starts several times in a
 * deploy, each time with a schema of hundreds of megabytes. Measured with 5.100.0: `terraform validate` takes 4.9 s of
 * processor time and 610 MB at Go's default of 100, and 3.7 s and 760 MB at 400.
 */
const RARELY = "400";

export interface SessionOptions
  extends Pick<EmulatorOptions, "keep" | "directory" | "preferredPort" | "ruleSecond" | "processorShare" | "signal"> {
  readonly env: NodeJS.ProcessEnv;
  /** cdktf's output directory. @default the project's `cdktf.out` */
  readonly output?: string;
  /** Asks the registry of providers. @default by network */
  readonly askRegistry?: PrepareProvidersOptions["askRegistry"];
}

/** The local environment on the embedded AWS, from its start to its end. */
export class LocalSession {
  private emulatorInUse: Emulator | undefined;
  private providerSettings: Readonly<Record<string, string>> = {};

  constructor(private readonly options: SessionOptions) {}

  /** Whether the embedded AWS goes on after this session, because it ran before. */
  get reused(): boolean {
    return this.emulatorInUse?.reused === true;
  }

  /** The embedded AWS. @throws Error before it has been started. */
  get emulator(): Emulator {
    if (!this.emulatorInUse) throw new Error("the emulator has not been started");
    return this.emulatorInUse;
  }

  /** Starts the embedded AWS, or finds the one a `--keep` has left. */
  async start(): Promise<Emulator> {
    this.emulatorInUse = await startEmulator(this.options);
    return this.emulatorInUse;
  }

  /**
   * Makes Terraform's providers ready.
   *
   * @returns sentences for the user about their source.
   */
  async useProviders(say?: (message: string) => void): Promise<readonly string[]> {
    const providers = await prepareProviders({
      projectDir: PROJECT_DIR,
      workDir: WORK_DIR,
      env: this.options.env,
      awsConstraint: localAwsConstraint(),
      ...(this.options.askRegistry && { askRegistry: this.options.askRegistry }),
      say,
    });
    forgetOthers(join(this.output, "stacks", stackId(LOCAL)), providers.fingerprint);
    this.providerSettings = providers.env;
    return providers.notes;
  }

  /** Creates the bucket of the state, if it is not there. */
  async createStateBucket(): Promise<void> {
    const { backend } = localEnvironment({});
    await createStateBucket(backend.bucket, backend.region, this.emulator.endpoint);
  }

  /** `cdktf deploy`. @throws ConfigError, CommandError */
  async deploy(fields: LocalFields, onProgress?: (progress: DeployProgress) => void): Promise<Environment> {
    const environment = localEnvironment(fields);
    await deploy(stackId(LOCAL), { ...this.cdktfOptions(fields), onProgress });
    return environment;
  }

  /** Lets the rules of a clock that was just deployed fire soon; those of an embedded AWS that ran before keep their second. */
  async fireSoon(): Promise<void> {
    if (!this.reused) await fireSoon(this.emulator.endpoint);
  }

  /** Whether `cdktf diff` shows changes against what is deployed. @throws CommandError */
  async hasChanges(fields: LocalFields): Promise<boolean> {
    return hasChanges(stackId(LOCAL), this.cdktfOptions(fields));
  }

  /** `cdktf destroy`. @throws CommandError */
  async destroy(fields: LocalFields): Promise<void> {
    await destroy(stackId(LOCAL), this.cdktfOptions(fields));
  }

  /** Ends the embedded AWS that this session started, and removes all that was in it. One that ran before goes on. */
  async stop(): Promise<void> {
    if (this.emulatorInUse && !this.emulatorInUse.reused)
      await stopEmulator(this.emulatorInUse, this.options.directory);
    this.emulatorInUse = undefined;
  }

  /** The variables with which `npx cdktf` works on this session's embedded AWS, with these fields. */
  settings(fields: LocalFields): Record<string, string> {
    const overrides = { environment: LOCAL, fields: { ...fields, endpoint: this.emulator.endpoint } };
    const program = terraformProgram(this.options.env);
    return {
      ...this.providerSettings,
      ...(program !== "terraform" && { TERRAFORM_BINARY_NAME: program }),
      CHECKPOINT_DISABLE: "1",
      [OVERRIDES_VARIABLE]: asciiJson(JSON.stringify(overrides)),
    };
  }

  private cdktfOptions(fields: LocalFields): CdktfOptions {
    const env = {
      ...emulatorEnvironment(this.options.env, this.emulator.endpoint),
      ...this.settings(fields),
      GOGC: RARELY,
    };
    return { env, signal: this.options.signal, output: this.output };
  }

  private get output(): string {
    return this.options.output ?? join(PROJECT_DIR, "cdktf.out");
  }
}
