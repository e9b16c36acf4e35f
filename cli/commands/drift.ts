import { PROJECT_DIR } from "../../host/work-dir";
import { findDrift } from "../terraform/drift";
import { readDriftOptions } from "../terraform/options";
import { shownDirectory } from "../terraform/plan-files";
import { runMain } from "./run-main";

/** `npm run drift -- <env> [--out DIR]`; exit codes as Terraform's `-detailed-exitcode`. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { environment, directory } = readDriftOptions(args);
  const say = (text: string) => console.error(`  ${environment}: ${text}`);
  const drift = await findDrift(environment, { env: process.env, signal, directory, say });
  const where = `${shownDirectory(directory, PROJECT_DIR)}/drift.md`;
  console.log(
    drift.length > 0
      ? `${environment}: ${drift.length} ${drift.length === 1 ? "resource" : "resources"} changed outside Terraform. ${where} names them.`
      : `${environment}: nothing changed outside Terraform.`,
  );
  return drift.length > 0 ? 2 : 0;
}

runMain(main);
