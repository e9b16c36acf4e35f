import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../config/environment";
import { PROJECT_DIR } from "../../host/work-dir";
import type { Access } from "./access";
import { filesBelow, hashFiles } from "./bundle";
import { codeFingerprints } from "./code-fingerprints";
import { currentCommit } from "./commit";
import type { ErrorContext } from "./explain-error";
import { fingerprint, fingerprints } from "./fingerprint";
import { BUNDLE_FILES } from "./manifest";
import type { Source } from "./verify";

/** What a plan is made from: the environment's configuration, and what the code synthesized. */
export function sourceOf(config: Environment, stackDir: string): Source {
  return {
    config: { sha256: fingerprint(config), fields: fingerprints(config) },
    code: codeOf(stackDir),
    commit: currentCommit(PROJECT_DIR),
  };
}

/** What code came to: fingerprints of a synthesized stack and its assets, or of those in a bundle. */
export function codeOf(stackDir: string): Source["code"] {
  const synthesized: unknown = JSON.parse(readFileSync(join(stackDir, BUNDLE_FILES.configuration), "utf8"));
  const parts = codeFingerprints(synthesized, hashFiles(stackDir, assetsOf(stackDir)));
  return { sha256: fingerprint(parts), parts };
}

/** The assets of a synthesized stack, as paths in its directory. */
export function assetsOf(stackDir: string): string[] {
  const assets = join(stackDir, "assets");
  return existsSync(assets) ? filesBelow(assets).map((path) => join("assets", path)) : [];
}

/** What an error of Terraform is explained with. */
export function errorContext({ name, config, embedded }: Access, stack: string): ErrorContext {
  return { environment: name, stack, account: config.account, bucket: config.backend.bucket, embedded };
}
