import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { stackId } from "../../constructs/naming";
import { inWorkDirectory } from "../../host/work-dir";
import { checkEnvironments } from "../lib/environments";
import { type AccessOptions, configuredEnvironments, openAccess } from "./access";
import { writeWhole } from "./bundle";
import { BUNDLE_FILES } from "./manifest";
import { committedLock } from "./provider-locks";
import { errorContext } from "./source";
import { synthesize } from "./synthesize";
import { Terraform } from "./terraform";

/** The platforms on which people and CI plan and deploy. */
export const LOCK_PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"] as const;

export interface LockOptions extends AccessOptions {
  readonly platforms: readonly string[];
  /** A directory in the layout of `terraform providers mirror`. @default the registry */
  readonly mirror?: string;
  /** The lock file to write. @default that of the stack, in `locks/` */
  readonly file?: string;
}

/**
 * Records the providers of an environment's stack, with the checksums of every platform, in the lock file that is
 * committed. Versions that it has already stay as they are while the configuration allows them.
 *
 * @returns the file.
 * @throws RangeError for an environment on the embedded AWS; TerraformError where the packages cannot be had.
 */
export async function lockEnvironment(name: string, options: LockOptions): Promise<string> {
  checkEnvironments([name]);
  if (configuredEnvironments(options.env)[name]?.endpoint) {
    throw new RangeError(
      `"${name}" is on the embedded AWS, where providers come from this machine: there is nothing to lock. Name an environment on AWS.`,
    );
  }
  const access = await openAccess(name, options);
  const stack = stackId(name);
  const file = options.file ?? committedLock(stack);
  return inWorkDirectory(`lock-${name}`, async (work) => {
    const { env, signal } = { env: access.env, signal: options.signal };
    const directory = await synthesize({ stack, output: join(work, "cdktf.out"), env, signal });
    const working = join(directory, BUNDLE_FILES.providers);
    if (existsSync(file)) copyFileSync(file, working);
    const terraform = new Terraform({ directory, env, context: errorContext(access, stack), signal });
    await terraform.lockProviders(options.platforms, options.mirror);
    writeWhole(dirname(file), basename(file), readFileSync(working, "utf8"));
    return file;
  });
}
