import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Argument, type Command, Option } from "commander";
import { stackId } from "../../constructs/naming";
import { writeDriftIssue } from "../ci/drift-issue";
import { listEnvironments } from "../ci/list-environments";
import { writeStickyComment } from "../ci/sticky-comment";
import type { Context } from "../lib/context";
import { checkEnvironments } from "../lib/environments";
import { EXIT } from "../lib/exit";
import { commitHash, guide, projectPath, pullRequestNumber, runId } from "../lib/options";

/** `metronome ci`: what the workflows in `.github/` run, and the check of their settings. A failure is also written to the job's summary. */
export function addCi(program: Command, { env }: Context): void {
  const ci = program
    .command("ci")
    .summary("what workflows run, and a check of their settings")
    .description("What only a workflow runs, and check, for an administrator. docs/ci.md explains the workflows.")
    .helpCommand("help [command]", "explain a command");
  addCheck(ci, env);
  addEnvironments(ci, env);
  addPullRequest(ci, env);
  addCheckSynthesized(ci);
  addPlanComment(ci);
  addStickyComment(ci, env);
  addCommitStatus(ci, env);
  addDriftIssue(ci, env);
}

function addCheck(ci: Command, env: NodeJS.ProcessEnv): void {
  const command = ci
    .command("check")
    .description(
      "Shows which of GitHub's settings that docs/ci.md lists are missing, for all environments with `ci`. GITHUB_TOKEN is an administrator's.",
    )
    .option("--json", "print the settings as JSON", false)
    .action(async ({ json }: { json: boolean }) => {
      const { configuredEnvironments }: typeof import("../terraform/access") = require("../terraform/access");
      const {
        checkConfigured,
      }: typeof import("../ci/settings/check-settings") = require("../ci/settings/check-settings");
      const {
        renderSettings,
      }: typeof import("../ci/settings/check-settings") = require("../ci/settings/check-settings");
      const settings = await checkConfigured(configuredEnvironments(env), env);
      console.log(json ? JSON.stringify(settings, null, 2) : renderSettings(settings));
      if (settings.some(({ state }) => state !== "ok")) process.exitCode = EXIT.error;
    });
  guide(command, {
    examples: [["ci check", "with GITHUB_TOKEN=$(gh auth token)"]],
    exits: { 0: "all settings are right", 1: "a setting is missing or not shown, or error" },
  });
}

function addEnvironments(ci: Command, env: NodeJS.ProcessEnv): void {
  const command = ci
    .command("environments")
    .description("Lists the environments of config/environments.ts.")
    .option("--ci", "only those that workflows plan and deploy")
    .option("--only <name>", "only this one; an error if it is not among them")
    .option("--json", "as JSON: [{ environment, account, region }]")
    .action(({ json, ci, only }: { json?: boolean; ci?: boolean; only?: string }) => {
      const { configuredEnvironments }: typeof import("../terraform/access") = require("../terraform/access");
      if (only) checkEnvironments([only]);
      const listed = listEnvironments(configuredEnvironments(env), { ci, only });
      console.log(json ? JSON.stringify(listed) : listed.map(({ environment }) => environment).join("\n"));
    });
  guide(command, { examples: [["ci environments --ci --json"]], exits: { 0: "listed" } });
}

function addPullRequest(ci: Command, env: NodeJS.ProcessEnv): void {
  const command = ci
    .command("pull-request")
    .description("Finds the pull request that a run of the workflow synth was of, and refuses one that is not certain.")
    .argument("<run>", "the run's id", runId)
    .action(async (run: number) => {
      const { githubClient }: typeof import("../ci/client") = require("../ci/client");
      const { pullRequestOf }: typeof import("../ci/pull-request") = require("../ci/pull-request");
      console.log(JSON.stringify(await pullRequestOf(githubClient(env), run)));
    });
  guide(command, {
    examples: [["ci pull-request 16543210987", "as JSON: { number, commit, unplanned }"]],
    exits: { 0: "found" },
  });
}

function addCheckSynthesized(ci: Command): void {
  const command = ci
    .command("check-synthesized")
    .description("Refuses a synthesized stack that could run programs or read files while it is planned.")
    .argument("<dir>", "cdktf's output directory", projectPath)
    .argument("<env>", "an environment of config/environments.ts")
    .action((directory: string, environment: string) => {
      const { synthesizedProblems }: typeof import("../ci/check-synthesized") = require("../ci/check-synthesized");
      const stack = stackId(environment);
      const file = join(directory, "stacks", stack, "cdk.tf.json");
      if (!existsSync(file)) throw new Error(`${file} does not exist: the branch synthesized no ${stack}.`);
      const problems = [...synthesizedProblems(readFileSync(file, "utf8")), ...linksBelow(dirname(file))];
      if (problems.length > 0) {
        throw new Error(
          `${stack} is not planned with credentials:\n${problems.map((problem) => `  ${problem}`).join("\n")}\n` +
            "If it belongs there: allow it in cli/ci/check-synthesized.ts, in a pull request of its own.",
        );
      }
      console.log(`${stack} describes resources of AWS and nothing else.`);
    });
  guide(command, { examples: [["ci check-synthesized cdktf.out dev"]], exits: { 0: "it may be planned" } });
}

/** An archive follows a link to any file of the machine. */
function linksBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => lstatSync(join(directory, path)).isSymbolicLink())
    .map((path) => `${path} is a link, which could lead anywhere`);
}

function addPlanComment(ci: Command): void {
  const command = ci
    .command("plan-comment")
    .description("Writes one comment on several plans to the standard output.")
    .argument("<dirs...>", "directories that `plan` wrote")
    .action((directories: string[]) => {
      const { renderPlans }: typeof import("../terraform/render-plan") = require("../terraform/render-plan");
      const { readSummary }: typeof import("../terraform/plan-section") = require("../terraform/plan-section");
      const plans = directories.map(projectPath).map((directory) => ({ directory, section: readSummary(directory) }));
      const directoryOf = (environment: string) =>
        plans.find(({ section }) => section.environment === environment)?.directory ?? "";
      const sections = plans.map(({ section }) => section);
      process.stdout.write(renderPlans(sections, directoryOf));
    });
  guide(command, { examples: [["ci plan-comment plans/dev plans/prod"]], exits: { 0: "written" } });
}

function addStickyComment(ci: Command, env: NodeJS.ProcessEnv): void {
  const command = ci
    .command("sticky-comment")
    .description("Creates or changes the one comment of this name on a pull request.")
    .argument("<number>", "the pull request's", pullRequestNumber)
    .argument("<name>", "the comment's name, such as plan")
    .argument("<file>", "its text, Markdown", projectPath)
    .action(async (number: number, name: string, file: string) => {
      const { githubClient }: typeof import("../ci/client") = require("../ci/client");
      const { done, url } = await writeStickyComment(githubClient(env), number, name, readFileSync(file, "utf8"));
      console.log(`${done}: ${url}`);
    });
  guide(command, { examples: [["ci sticky-comment 7 plan comment.md"]], exits: { 0: "the comment has this text" } });
}

function addCommitStatus(ci: Command, env: NodeJS.ProcessEnv): void {
  const command = ci
    .command("commit-status")
    .description("Sets a status of a commit, which a branch's protection can demand.")
    .argument("<commit>", "the commit's whole hash", commitHash)
    .argument("<name>", "the status's name, such as plan")
    .addArgument(new Argument("<state>", "what came of it").choices(["success", "failure"]))
    .argument("<text>", "one sentence")
    .action(async (commit: string, context: string, state: "success" | "failure", description: string) => {
      const { githubClient, runUrl }: typeof import("../ci/client") = require("../ci/client");
      const { writeCommitStatus }: typeof import("../ci/commit-status") = require("../ci/commit-status");
      await writeCommitStatus(githubClient(env), { commit, context, state, description, run: runUrl(env) });
      console.log(`${context} of ${commit}: ${state}`);
    });
  guide(command, {
    examples: [[`ci commit-status ${"0123456789".repeat(4)} plan success planned`]],
    exits: { 0: "the status is set" },
  });
}

function addDriftIssue(ci: Command, env: NodeJS.ProcessEnv): void {
  const command = ci
    .command("drift-issue")
    .description("Creates, changes, closes or reopens the one issue on an environment's drift.")
    .argument("<env>", "an environment of config/environments.ts")
    .addOption(new Option("--exit-code <code>", "how `drift` ended").choices(["0", "2"]).makeOptionMandatory())
    .requiredOption("--text <file>", "what it found, Markdown", projectPath)
    .action(async (environment: string, { exitCode, text: file }: { exitCode: "0" | "2"; text: string }) => {
      const { githubClient, runUrl }: typeof import("../ci/client") = require("../ci/client");
      const drifted = exitCode === "2";
      if (drifted && !existsSync(file)) {
        throw new Error(`${file} does not exist: npx metronome drift ${environment} --out DIR writes it.`);
      }
      const text = drifted ? readFileSync(file, "utf8") : "";
      const finding = { environment, drifted, text, run: runUrl(env) };
      const { done, url } = await writeDriftIssue(githubClient(env), finding);
      console.log(url ? `${done}: ${url}` : done);
    });
  guide(command, {
    examples: [["ci drift-issue prod --exit-code 2 --text drift.md"]],
    exits: { 0: "the issue says what was found" },
  });
}
