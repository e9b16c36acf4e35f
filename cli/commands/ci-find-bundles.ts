import { appendFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { bundlesOfRun, describeBundles, type FoundBundle, reviewedRun, type Target } from "../ci/find-bundles";
import { clientFrom, fail, report, required } from "../ci/from-environment";

/**
 * `npm run find-bundles -- (--commit SHA | --run ID) --targets JSON`: which sealed plans are to be applied. Prints a table,
 * also on the job's summary; sets the job's output `bundles` to those that are there, as JSON for a matrix, and
 * `missing` to `true` or `false`.
 */
async function main(): Promise<void> {
  const command = new Command("npm run find-bundles --")
    .description("Finds the sealed plans of environments: those reviewed with a merged commit, or those of one run.")
    .option("--commit <sha>", "the merged commit")
    .option("--run <id>", "the run that made the plans")
    .requiredOption("--targets <json>", "what npm run environments -- --json printed", targetsFrom)
    .allowExcessArguments(false)
    .exitOverride();
  const { commit, run, targets } = command.parse().opts<{ commit?: string; run?: string; targets: Target[] }>();
  if (Boolean(commit) === Boolean(run)) command.error("error: give one of --commit and --run");
  const client = clientFrom(process.env);
  const reviewed = commit
    ? await reviewedRun(client, required(process.env, "GITHUB_REPOSITORY"), commit)
    : { run: Number(run) };
  const bundles: FoundBundle[] =
    "run" in reviewed
      ? await bundlesOfRun(client, reviewed.run, targets)
      : targets.map((target) => ({ ...target, missing: reviewed.missing }));
  report(process.env, describeBundles(bundles));
  const found = bundles.filter((bundle) => "artifact" in bundle);
  const missing = bundles.some((bundle) => "missing" in bundle);
  if (process.env.GITHUB_OUTPUT) {
    appendFileSync(process.env.GITHUB_OUTPUT, `bundles=${JSON.stringify(found)}\nmissing=${missing}\n`);
  }
}

function targetsFrom(json: string): Target[] {
  try {
    const targets = JSON.parse(json) as Target[];
    if (Array.isArray(targets) && targets.every(({ environment }) => typeof environment === "string")) return targets;
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Write [{ "environment": "dev" }], as npm run environments -- --json prints it.');
}

main().catch((error: Error) => fail(process.env, error));
