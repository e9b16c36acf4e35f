import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentConfig, Environments } from "../config/schema";
import { type BuildAppOptions, buildApp } from "../stacks/app";
import { Template } from "./template";

/** Synthesizes an app as cdktf would, and reads what it wrote: templates by stack id. */
export function synthesize(
  environments: Environments,
  options: Omit<BuildAppOptions, "app"> = {},
): Record<string, Template> {
  const outdir = mkdtempSync(join(tmpdir(), "metronome-synth-"));
  try {
    const app = buildApp(environments, { ...options, app: { outdir } });
    app.synth();
    return Object.fromEntries(
      Object.keys(app.manifest.stacks).map((id) => [
        id,
        new Template(readFileSync(join(outdir, "stacks", id, "cdk.tf.json"), "utf8")),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The clock's stack of one environment, named `dev`. */
export function synthesizeClock(environment: EnvironmentConfig): Template {
  return synthesize({ dev: environment })["metronome-dev"] as Template;
}
