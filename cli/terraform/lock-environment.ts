import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { stackId } from "../../constructs/naming";
import { inWorkDirectory } from "../../host/work-dir";
import { type AccessOptions, configuredEnvironments, openAccess } from "./access";
import { STACK_FILES, writeWhole } from "./plan-files";
import { committedLock } from "./provider-locks";
import { synthesize } from "./synthesize";
import { Terraform } from "./terraform";

/** The platforms on which people and CI plan and deploy. */
export const LOCK_PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"] as const;

export interface LockOptions extends AccessOptions {
  readonly platforms: readonly string[];
  /** A directory in the layout of `terraform providers mirror`. @default the registry */
  readonly mirror?: string;
}

/**
 * Records the providers of an environment's stack, with the checksums of every platform, in the lock file that is
 * committed. Versions that it has already stay as they are while the configuration allows them.
 *
 * @returns the file.
 * @throws RangeError for an environment on the embedded AWS; TerraformError if a package cannot be downloaded.
 */
export async function lockEnvironment(name: string, options: LockOptions): Promise<string> {
  if (configuredEnvironments(options.env)[name]?.endpoint) {
    throw new RangeError(
      `"${name}" is on the embedded AWS, whose providers come from this machine and need no lock. Name an environment on AWS.`,
    );
  }
  const access = await openAccess(name, options);
  const stack = stackId(name);
  const file = committedLock(stack, options.env);
  return inWorkDirectory(`lock-${name}`, async (work) => {
    const { signal } = options;
    const directory = await synthesize({ stack, output: join(work, "cdktf.out"), env: access.env, signal });
    const working = join(directory, STACK_FILES.providers);
    if (existsSync(file)) copyFileSync(file, working);
    const terraform = new Terraform({ directory, access, signal });
    await terraform.lockProviders(options.platforms, options.mirror);
    writeWhole(dirname(file), basename(file), readFileSync(working, "utf8"));
    return file;
  });
}
