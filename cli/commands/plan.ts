import { join } from "node:path";
import type { Command } from "commander";
import { PROJECT_DIR, WORK_DIR } from "../../host/work-dir";
import type { Context } from "../lib/context";
import { checkEnvironments } from "../lib/environments";
import { EXIT } from "../lib/exit";
import { commitHash, guide, projectPath } from "../lib/options";
import { sayOf } from "../lib/progress";
import { shellWord } from "../lib/shell-word";
import { visible } from "../lib/visible";
import type { Planned } from "../terraform/plan-environment";
import { PLAN_FILES, shownDirectory, writeWhole } from "../terraform/plan-files";
import type { PlanSection } from "../terraform/plan-section";

/** Options of `metronome plan`. */
interface PlanOptions {
  readonly out?: string;
  readonly synthesized?: string;
  readonly commit?: string;
}

/** `metronome plan`. */
export function addPlan(program: Command, context: Context): void {
  const command = program
    .command("plan")
    .summary("plan environments, for a reviewer")
    .description(
      "Synthesizes and plans environments. Writes each plan as plan.md for a reviewer, and what `deploy` needs.",
    )
    .argument("<env...>", "environments of config/environments.ts")
    .option(
      "--out <dir>",
      "directory for the plan; of several environments, each gets a directory in it (default: .metronome/plans/<env>)",
      projectPath,
    )
    .option("--synthesized <dir>", "plan an existing cdktf output directory", projectPath)
    .option("--commit <sha>", "the commit that was synthesized there", commitHash)
    .action(async (names: string[], options: PlanOptions) => {
      if (options.commit && !options.synthesized) {
        command.error("error: --commit names what was synthesized elsewhere: add --synthesized <dir>, or leave it out");
      }
      const environments = [...new Set(names)];
      checkEnvironments(environments);
      process.exitCode = await plan(environments, options, context);
    });
  guide(command, {
    examples: [
      ["plan dev --out plans/dev", "then read plans/dev/plan.md"],
      ["plan dev prod --out plans", "one comment on both: plans/plan.md"],
    ],
    exits: {
      0: "no changes",
      1: "error, or wrong command line",
      2: "changes, as with Terraform's -detailed-exitcode",
    },
  });
}

async function plan(environments: readonly string[], options: PlanOptions, { env, signal }: Context): Promise<number> {
  const { planEnvironment }: typeof import("../terraform/plan-environment") = require("../terraform/plan-environment");
  const { renderPlans }: typeof import("../terraform/render-plan") = require("../terraform/render-plan");
  const { out, synthesized, commit } = options;
  const directoryOf = (name: string) =>
    out !== undefined && environments.length === 1 ? out : join(out ?? join(WORK_DIR, "plans"), name);
  const planned: Planned[] = [];
  const ends: (() => Promise<void>)[] = [];
  const atEnd = (end: () => Promise<void>) => ends.push(end);
  try {
    for (const name of environments) {
      const directory = directoryOf(name);
      const one = await planEnvironment(name, { env, signal, directory, synthesized, commit, say: sayOf(name), atEnd });
      console.log(visible(summaryLine(one.section, shownDirectory(directory, PROJECT_DIR), PLAN_FILES.comment)));
      planned.push(one);
    }
  } finally {
    for (const end of ends) await end();
  }
  if (environments.length > 1) {
    const root = out ?? join(WORK_DIR, "plans");
    const sections = planned.map(({ section }) => section);
    writeWhole(root, PLAN_FILES.comment, renderPlans(sections, directoryOf));
    console.log(`${shownDirectory(root, PROJECT_DIR)}/${PLAN_FILES.comment} has all of them.`);
  }
  if (planned.some(({ exitCode }) => exitCode === 1)) return EXIT.error;
  return planned.some(({ exitCode }) => exitCode === 2) ? EXIT.changes : EXIT.ok;
}

/** What a plan came to, for the terminal: one line, or the error. */
function summaryLine({ environment, digest, outcome }: PlanSection, directory: string, comment: string): string {
  const { hasChanges }: typeof import("../terraform/plan-section") = require("../terraform/plan-section");
  if (outcome.kind === "error") return `${environment}: ${outcome.message}\n(${directory}/${comment} says so too)`;
  if (!hasChanges(outcome.reading)) return `${environment}: no changes.`;
  const counts = new Map<string, number>();
  for (const { action } of outcome.reading.changes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const changes = [...counts].map(([action, count]) => `${count} to ${action}`).join(", ") || "outputs alone";
  return `${environment}: ${changes}. Digest ${digest}. Read ${directory}/${comment}, then: npm run deploy -- ${environment} --plan ${shellWord(directory)}`;
}
