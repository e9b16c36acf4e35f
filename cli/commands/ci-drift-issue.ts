import { existsSync, readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { writeDriftIssue } from "../ci/drift-issue";
import { clientFrom, fail, runUrl } from "../ci/from-environment";

/** `npm run drift-issue -- ENV --exit-code 0|2 --text FILE`: the one issue on an environment's drift is in line with what was found. */
async function main(): Promise<void> {
  const command = new Command("npm run drift-issue --")
    .description("Creates, changes, closes or reopens the one issue on an environment's drift.")
    .argument("<env>")
    .addOption(
      new Option("--exit-code <code>", "how npm run drift ended").choices(["0", "2"]).makeOptionMandatory(true),
    )
    .requiredOption("--text <file>", "what it found, Markdown")
    .exitOverride();
  const { exitCode, text: file } = command.parse().opts<{ exitCode: "0" | "2"; text: string }>();
  const drifted = exitCode === "2";
  if (drifted && !existsSync(file))
    throw new Error(`${file} is not there: npm run drift -- <env> --out DIR writes it.`);
  const text = drifted ? readFileSync(file, "utf8") : "";
  const [environment = ""] = command.args;
  const { done, url } = await writeDriftIssue(clientFrom(process.env), {
    environment,
    drifted,
    text,
    run: runUrl(process.env),
  });
  console.log(url ? `${done}: ${url}` : done);
}

main().catch((error: Error) => fail(process.env, error));
