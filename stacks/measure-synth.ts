import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformResource, TerraformStack } from "cdktf";
import type { Environments } from "../config/schema";
import { buildApp } from "./app";

/**
 * Validates and synthesizes the environments that are on standard input as JSON. Prints as JSON how long it took (ms), the
 * peak memory of this process (MiB), and the number of resources of the first stack.
 */
function main(): void {
  const environments = JSON.parse(readFileSync(0, "utf8")) as Environments;
  const outdir = mkdtempSync(join(tmpdir(), "metronome-synth-"));
  try {
    const begun = performance.now();
    const app = buildApp(environments, { app: { outdir } });
    app.synth();
    const [stack = app] = app.node.children.filter((child) => TerraformStack.isStack(child));
    const figures = {
      synthMs: performance.now() - begun,
      maxRssMb: process.resourceUsage().maxRSS / 1_024,
      resources: stack.node.findAll().filter((one) => TerraformResource.isTerraformResource(one)).length,
    };
    console.log(JSON.stringify(figures));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

main();
