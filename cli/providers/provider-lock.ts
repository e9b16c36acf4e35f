import fs from "node:fs";
import path from "node:path";

/** Beside Terraform's lock file, the fingerprint of the providers it was made with. */
const FINGERPRINT_FILE = ".metronome-providers";

/**
 * Removes Terraform's lock file if other providers made it, because Terraform refuses providers whose checksums it does not know.
 * The archive stub has other checksums than the real provider and than a stub built by another Go. For the local environment only:
 * a real environment keeps its lock file.
 *
 * @param stackDir the directory in which Terraform runs, such as `cdktf.out/stacks/metronome-local`; created when missing
 * @param fingerprint of the providers, as `prepareProviders` returns it
 * @returns whether a lock file was removed
 */
export function forgetForeignLock(stackDir: string, fingerprint: string): boolean {
  const lockFile = path.join(stackDir, ".terraform.lock.hcl");
  const fingerprintFile = path.join(stackDir, FINGERPRINT_FILE);
  const known = fs.existsSync(fingerprintFile) ? fs.readFileSync(fingerprintFile, "utf8") : undefined;
  if (known === fingerprint) return false;
  const locked = fs.existsSync(lockFile);
  fs.rmSync(lockFile, { force: true });
  fs.mkdirSync(stackDir, { recursive: true });
  fs.writeFileSync(fingerprintFile, fingerprint);
  return locked;
}

/**
 * Removes Terraform's note of the state's backend. Each emulator may have another port, and Terraform would take another endpoint for a
 * move of the state and refuse to go on.
 *
 * @param stackDir the directory in which Terraform runs
 */
export function forgetBackend(stackDir: string): void {
  fs.rmSync(path.join(stackDir, ".terraform", "terraform.tfstate"), { force: true });
}
