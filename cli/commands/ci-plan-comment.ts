import { readCommentOptions } from "../terraform/options";
import { renderSections } from "../terraform/render-sections";
import { readSummary } from "../terraform/summary";
import { runMain } from "./run-main";

/** `npm run plan-comment -- DIR…`: one comment on several bundles, to the standard output. Exit code 0 or 1. */
async function main(args: readonly string[]): Promise<number> {
  const bundles = readCommentOptions(args).map((directory) => ({ directory, section: readSummary(directory) }));
  const sections = bundles.map(({ section }) => section);
  const directoryOf = (environment: string) =>
    bundles.find(({ section }) => section.environment === environment)?.directory ?? "";
  process.stdout.write(renderSections(sections, directoryOf));
  return 0;
}

runMain(main);
