import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bundleFunction } from "../constructs/function-bundle";
import { PROJECT_DIR } from "../host/work-dir";

/** Bundles every Lambda function once for all test files, which would otherwise bundle them again in each file. */
export default function bundleFunctions(): void {
  const names = readdirSync(join(PROJECT_DIR, "functions")).filter((name) => name !== "runtime");
  process.env.METRONOME_TEST_BUNDLES = JSON.stringify(
    Object.fromEntries(names.map((name) => [name, bundleFunction(name)])),
  );
}
