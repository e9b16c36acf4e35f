import { PROJECT_DIR } from "../../host/work-dir";
import { checkEnvironments } from "../terraform/access";
import { readPlanOptions } from "../terraform/options";
import { type Planned, planEnvironment } from "../terraform/plan-environment";
import { PLAN_FILES, shownDirectory, writeWhole } from "../terraform/plan-files";
import { hasChanges, type PlanSection } from "../terraform/plan-section";
import { renderSections } from "../terraform/render-sections";
import { runMain } from "./run-main";

/** `npm run plan -- <env…> [--out DIR] [--synthesized DIR]`; exit codes as Terraform's `-detailed-exitcode`. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { environments, directoryOf, commentDirectory, synthesized, commit } = readPlanOptions(args);
  checkEnvironments(environments);
  const planned: Planned[] = [];
  for (const name of environments) {
    const say = (text: string) => console.error(`  ${name}: ${text}`);
    const directory = directoryOf(name);
    const one = await planEnvironment(name, { env: process.env, signal, directory, synthesized, commit, say });
    console.log(summaryLine(one.section, shownDirectory(directory, PROJECT_DIR)));
    planned.push(one);
  }
  if (commentDirectory) {
    const sections = planned.map(({ section }) => section);
    writeWhole(commentDirectory, PLAN_FILES.comment, renderSections(sections, directoryOf));
    console.log(`${shownDirectory(commentDirectory, PROJECT_DIR)}/${PLAN_FILES.comment} is on all of them.`);
  }
  if (planned.some(({ exitCode }) => exitCode === 1)) return 1;
  return planned.some(({ exitCode }) => exitCode === 2) ? 2 : 0;
}

/** What a plan came to, for the terminal: one line, or the error. */
function summaryLine({ environment, digest, outcome }: PlanSection, directory: string): string {
  if (outcome.kind === "error")
    return `${environment}: ${outcome.message}\n(${directory}/${PLAN_FILES.comment} says so too)`;
  if (!hasChanges(outcome.reading)) return `${environment}: no changes.`;
  const counts = new Map<string, number>();
  for (const { action } of outcome.reading.changes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const changes = [...counts].map(([action, count]) => `${count} to ${action}`).join(", ") || "outputs alone";
  return `${environment}: ${changes}. Digest ${digest}. Read ${directory}/${PLAN_FILES.comment}, then: npm run deploy -- ${environment} --plan ${directory}`;
}

runMain(main);
