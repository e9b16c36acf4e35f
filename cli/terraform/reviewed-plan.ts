import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { shellWord } from "../lib/shell-word";
import { PLAN_FILES } from "./plan-files";
import { differingSteps, digestOf, type PlanSteps, type StateVersion } from "./plan-steps";

/** Why nothing was applied: one message, which names what differs and what to do. */
export class RefusedPlan extends Error {
  override readonly name = "RefusedPlan";
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const stepsFile = z.strictObject({
  digest: sha256,
  commit: z.string(),
  environment: z.string(),
  state: z.strictObject({ serial: z.int(), lineage: z.string() }).nullable(),
  steps: z.record(z.string(), sha256),
});

/** The plan that was reviewed: its digest, and the rest if its directory is at hand. */
export type ReviewedPlan = { readonly digest: string } & Partial<Omit<z.infer<typeof stepsFile>, "digest">>;

/** The text of `steps.json`. */
export function stepsText(steps: PlanSteps, commit: string): string {
  const content: z.infer<typeof stepsFile> = { digest: digestOf(steps), commit, ...steps };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * Reads the plan that `npm run plan` wrote to a directory.
 *
 * @param name the environment that is to be deployed.
 * @throws RefusedPlan if it is missing, of another environment, or altered.
 */
export function readReviewed(directory: string, name: string): ReviewedPlan {
  const { data } = stepsFile.safeParse(jsonOf(join(directory, PLAN_FILES.steps)));
  if (!data) {
    throw new RefusedPlan(
      `${directory} has no plan to deploy: ${PLAN_FILES.steps} is missing, or another version wrote it. Write it with: npm run plan -- ${name} --out ${shellWord(directory)}`,
    );
  }
  if (data.environment !== name) {
    throw new RefusedPlan(
      `This is a plan of "${data.environment}", not of "${name}". Deploy it with: npm run deploy -- ${data.environment} --plan ${shellWord(directory)}`,
    );
  }
  if (digestOf(data) !== data.digest) {
    throw new RefusedPlan(
      `${PLAN_FILES.steps} in ${directory} was altered: its steps do not have its digest. Plan again.`,
    );
  }
  return data;
}

/**
 * Checks that a fresh plan is the reviewed one.
 *
 * @param commit of this checkout.
 * @throws RefusedPlan with the steps that differ, if the reviewed ones are known.
 */
export function checkReviewed(reviewed: ReviewedPlan, fresh: PlanSteps, commit: string): void {
  const digest = digestOf(fresh);
  if (digest === reviewed.digest) return;
  const differs =
    reviewed.steps === undefined
      ? `its digest is ${digest}, and ${reviewed.digest} was reviewed`
      : [
          ...shortened(differingSteps(reviewed.steps, fresh.steps)),
          ...stateWords(reviewed.state ?? null, fresh.state),
          ...commitWords(reviewed.commit ?? "", commit),
        ].join("; ");
  throw new RefusedPlan(
    `The plan of "${fresh.environment}" is not the reviewed one: ${differs}. Nothing was applied. The code, the configuration or the deployed resources changed, or the plan was deployed before. Plan again, and have that plan reviewed.`,
  );
}

function commitWords(planned: string, now: string): string[] {
  return planned === now ? [] : [`planned at commit ${shortCommit(planned)}, this checkout is at ${shortCommit(now)}`];
}

function stateWords(planned: StateVersion, now: StateVersion): string[] {
  if (planned?.lineage === now?.lineage && planned?.serial === now?.serial) return [];
  if (planned && now && planned.lineage !== now.lineage) return ["it is another state (its lineage differs)"];
  const then = planned ? `planned at serial ${planned.serial} of the state` : "planned before there was a state";
  return [`${then}, which is ${now ? `now at ${now.serial}` : "gone now"}`];
}

/** Most names in a message. */
const MOST_NAMES = 5;

function shortened(names: readonly string[]): string[] {
  const more = names.length - MOST_NAMES;
  return names.length === 0 ? [] : [`${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`];
}

function shortCommit(commit: string): string {
  return commit.replace(/^([0-9a-f]{12})[0-9a-f]{28}/, "$1");
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
