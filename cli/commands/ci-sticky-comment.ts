import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { clientFrom, fail } from "../ci/from-environment";
import { writeStickyComment } from "../ci/sticky-comment";

/** `npm run sticky-comment -- NUMBER NAME FILE`: the one comment of this name on a pull request is the file's text. */
async function main(): Promise<void> {
  const command = new Command("npm run sticky-comment --")
    .description("Creates or changes the one comment of this name on a pull request.")
    .argument("<number>", "the pull request's", pullRequestNumber)
    .argument("<name>", "what the comment is known by, such as plan")
    .argument("<file>", "its text, Markdown")
    .exitOverride();
  const [number, name, file] = command.parse().processedArgs as [number, string, string];
  const { done, url } = await writeStickyComment(clientFrom(process.env), number, name, readFileSync(file, "utf8"));
  console.log(`${done}: ${url}`);
}

function pullRequestNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError("Write the number of a pull request, such as 7.");
  return Number(text);
}

main().catch((error: Error) => fail(process.env, error));
