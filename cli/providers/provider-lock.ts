import fs from "node:fs";
import path from "node:path";

/** Beside Terraform's lock file, the fingerprint of the providers it was made with. */
const FINGERPRINT_FILE = ".metronome-providers";

/**
 * Makes a stack's directory ready for `terraform init` with the given providers: forgets Terraform's lock file when it was made with
 * others. The stand-in is not the release whose checksum a lock file from the registry records, nor is one built by another Go, and
 * Terraform refuses both. For the local environment only: a real environment's lock file is there to be kept.
 *
 * @param stackDir the directory in which Terraform runs, such as `cdktf.out/stacks/metronome-local`; created when missing
 * @param fingerprint of the providers, as `prepareProviders` returns it
 * @returns whether a lock file was removed
 */
export function forgetForeignLock(stackDir: string, fingerprint: string): boolean {
  const lockFile = path.join(stackDir, ".terraform.lock.hcl");
  const fingerprintFile = path.join(stackDir, FINGERPRINT_FILE);
  const known = fs.existsSync(fingerprintFile) ? fs.readFileSync(fingerprintFile, "utf8") : undefined;
  if (known === fingerprint) {
    return false;
  }
  const locked = fs.existsSync(lockFile);
  fs.rmSync(lockFile, { force: true });
  fs.mkdirSync(stackDir, { recursive: true });
  fs.writeFileSync(fingerprintFile, fingerprint);
  return locked;
}

/**
 * Makes a stack's directory ready for `terraform init` against an embedded AWS: forgets where its state was before. Each
 * emulator may have another port, and Terraform would take another endpoint for a move of the state, and refuse.
 *
 * @param stackDir the directory in which Terraform runs
 */
export function forgetBackend(stackDir: string): void {
  fs.rmSync(path.join(stackDir, ".terraform", "terraform.tfstate"), { force: true });
}
