import { basename, join } from "node:path";
import { stackId } from "../../constructs/naming";
import type { ProcessEnvironment } from "../../emulator/aws-environment";
import { parsePrinted } from "../../host/parse-json";
import { CommandError, type CommandOptions } from "../../host/run-command";
import { WORK_DIR } from "../../host/work-dir";
import { runTerraform, TerraformError, terraformProgram } from "./binary";
import { explainError, type TerraformTarget } from "./explain-error";
import { isObject } from "./fingerprint";
import type { StateVersion } from "./plan-steps";

export interface TerraformOptions {
  /** The directory with `cdk.tf.json`. */
  readonly directory: string;
  /** The environment that the stack is of, and the variables of Terraform and its providers. */
  readonly access: TerraformTarget & { readonly env: ProcessEnvironment };
  readonly signal?: AbortSignal;
}

/** How long Terraform waits for a lock that another holds. */
const LOCK_TIMEOUT = "-lock-timeout=60s";

/**
 * How long Terraform gets to end in order, in ms, once it is asked to: it finishes or cancels the calls that are under
 * way, writes the state and releases the lock. Killed before that, it leaves the lock behind.
 */
const GRACE_MS = { reading: 60_000, applying: 10 * 60_000 } as const;

/** Terraform in one directory. Every method throws a {@link TerraformError}, or the signal's reason. */
export class Terraform {
  constructor(private readonly options: TerraformOptions) {}

  /** `terraform init`. @param readonlyLock whether the lock file there must do, as it is. */
  async init({ readonlyLock }: { readonly readonlyLock: boolean }): Promise<void> {
    await this.run(["init", "-input=false", "-no-color", ...(readonlyLock ? ["-lockfile=readonly"] : [])]);
  }

  /**
   * `terraform plan` into a file.
   *
   * @param onlyDrift whether nothing is asked for but what changed outside Terraform; such a plan takes no lock.
   * @returns whether there are changes.
   */
  async plan(file: string, { onlyDrift = false } = {}): Promise<boolean> {
    const kind = onlyDrift ? ["-refresh-only", "-lock=false"] : [LOCK_TIMEOUT];
    const args = ["plan", "-input=false", "-no-color", "-detailed-exitcode", ...kind, `-out=${file}`];
    return (await this.run(args, { also: 2 })) === 2;
  }

  /** The plan as JSON. It holds secrets in clear: it must not be written anywhere. */
  async planJson(file: string): Promise<unknown> {
    return this.json(["show", "-json", file]);
  }

  /** The plan as people read it, sensitive values masked. */
  async planText(file: string): Promise<string> {
    return `${(await this.output(["show", "-no-color", file])).trim()}\n`;
  }

  /** The state's place in its history; `null` before the first apply. */
  async stateVersion(): Promise<StateVersion> {
    const command = ["state", "pull"];
    const text = await this.output(command);
    const state = text.trim() === "" ? {} : parsePrinted(this.named(command), text);
    if (!isObject(state) || !state.lineage) return null;
    return { serial: Number(state.serial), lineage: String(state.lineage) };
  }

  /** `terraform apply` of a saved plan. @param onLine gets each line. */
  async apply(file: string, onLine: (line: string) => void): Promise<void> {
    const args = ["apply", "-input=false", "-no-color", LOCK_TIMEOUT, file];
    await this.run(args, { onLine, graceMs: GRACE_MS.applying });
  }

  /** The version of Terraform. */
  async version(): Promise<string> {
    const printed = await this.json(["version", "-json"]);
    return String(isObject(printed) ? printed.terraform_version : undefined);
  }

  /** `terraform providers lock`. @param mirror a directory to take the packages from. @default the registry */
  async lockProviders(platforms: readonly string[], mirror?: string): Promise<void> {
    const from = mirror ? [`-fs-mirror=${mirror}`] : [];
    await this.run(["providers", "lock", ...from, ...platforms.map((platform) => `-platform=${platform}`)]);
  }

  private async json(args: readonly string[]): Promise<unknown> {
    return parsePrinted(this.named(args), await this.output(args));
  }

  /** A command as a user would type it. */
  private named(args: readonly string[]): string {
    return [basename(terraformProgram(this.options.access.env)), ...args].join(" ");
  }

  /** What a command writes to its standard output; it is kept nowhere. */
  private async output(args: readonly string[]): Promise<string> {
    const lines: string[] = [];
    const onLine: CommandOptions["onLine"] = (line, stream) => {
      if (stream === "stdout") lines.push(line);
    };
    await this.run(args, { logFile: undefined, onLine });
    return lines.join("\n");
  }

  /** @returns the exit code: 0, or `also`. */
  private async run(
    args: readonly string[],
    { also, ...more }: { also?: number } & Pick<CommandOptions, "logFile" | "onLine" | "graceMs"> = {},
  ): Promise<number> {
    const { directory, access, signal } = this.options;
    const logFile = join(WORK_DIR, "logs", `${stackId(access.name)}-${args[0]}.log`);
    const options = { cwd: directory, env: access.env, signal, graceMs: GRACE_MS.reading, logFile, ...more };
    try {
      await runTerraform(args, options);
      return 0;
    } catch (error) {
      if (error instanceof CommandError) {
        if (also !== undefined && error.exitCode === also) return also;
        throw new TerraformError(explainError(error.output, access));
      }
      throw error;
    }
  }
}
