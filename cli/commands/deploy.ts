import { deployBundle } from "../terraform/deploy-bundle";
import { readDeployOptions } from "../terraform/options";
import { runMain } from "./run-main";

/** `npm run deploy -- <env> --plan DIR`: applies exactly the plan that was reviewed. Exit code 0 or 1. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { environment, directory } = readDeployOptions(args);
  const say = (text: string) => console.error(`  ${environment}: ${text}`);
  const { applied, tookMs } = await deployBundle(environment, { env: process.env, signal, directory, say });
  console.log(
    applied
      ? `${environment}: deployed. The apply took ${Math.round(tookMs / 1000)} s.`
      : `${environment}: this bundle has no changes, so nothing was applied.`,
  );
  return 0;
}

runMain(main);
