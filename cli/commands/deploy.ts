import { deployReviewed } from "../terraform/deploy-reviewed";
import { readDeployOptions } from "../terraform/options";
import { runMain } from "./run-main";

/** `npm run deploy -- <env> (--plan DIR | --digest SHA256)`: plans, and applies that plan if it is the reviewed one. Exit code 0 or 1. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { environment, reviewed } = readDeployOptions(args);
  const say = (text: string) => console.error(`  ${environment}: ${text}`);
  const { applied, tookMs } = await deployReviewed(environment, { env: process.env, signal, reviewed, say });
  console.log(
    applied
      ? `${environment}: deployed. The apply took ${Math.round(tookMs / 1000)} s.`
      : `${environment}: the reviewed plan has no changes, so nothing was applied.`,
  );
  return 0;
}

runMain(main);
