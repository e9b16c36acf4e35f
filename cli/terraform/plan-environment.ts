import type { Environment } from "../../config/environment";
import { inWorkDirectory, PROJECT_DIR } from "../../host/work-dir";
import { ALL_SCHEDULES } from "../../schedule/pause";
import { iso } from "../../schedule/tick";
import { heldAt, nameOf } from "../lib/hand-pauses";
import { awsAccess } from "../operate/aws-access";
import { PauseRow } from "../operate/pause-row";
import { currentCommit } from "./commit";
import { freshPlan } from "./fresh-plan";
import { maskSecrets } from "./mask-secrets";
import type { OpenStackOptions } from "./open-stack";
import { STACK_FILES, writePlanFiles } from "./plan-files";
import { type PlannedPause, type PlanSection, planSectionJson } from "./plan-section";
import { digestOf } from "./plan-steps";
import { readPlan } from "./read-plan";
import { renderPlans } from "./render-plan";
import { stepsText } from "./reviewed-plan";

export interface PlanOptions extends OpenStackOptions {
  /** The directory for the files of the plan. */
  readonly directory: string;
  /** The commit that was synthesized. @default this checkout's */
  readonly commit?: string;
  /** The clock that says when the plan was made, ms since the epoch. @default this machine's */
  readonly now?: () => number;
}

/** A planned environment: its section of the comment, and Terraform's exit code. */
export interface Planned {
  readonly section: PlanSection;
  /** 0 without changes, 1 after an error, 2 with changes. */
  readonly exitCode: 0 | 1 | 2;
}

/**
 * Plans an environment, and writes the comment for reviewers, the plan's text and the digests of its steps. After an
 * error the directory holds the comment with the error, and nothing that could be deployed.
 *
 * @throws the signal's reason; then the directory is as it was.
 */
export async function planEnvironment(name: string, options: PlanOptions): Promise<Planned> {
  const { directory, signal, commit = currentCommit(PROJECT_DIR, options.env), now = Date.now } = options;
  try {
    return await inWorkDirectory(`plan-${name}`, async (work) => {
      const { terraform, access, changes, planJson, steps } = await freshPlan(work, name, options);
      const plannedAt = now();
      const reading = readPlan(planJson);
      const pauses = reading.clock.before ? await pausesOf(access.config, plannedAt) : [];
      const fullPlan = maskSecrets(planJson, await terraform.planText(STACK_FILES.plan));
      const digest = digestOf(steps);
      const section: PlanSection = {
        environment: name,
        commit,
        digest,
        outcome: { kind: "planned", plannedAt: iso(plannedAt), reading, pauses, fullPlan },
      };
      signal?.throwIfAborted();
      writePlanFiles(directory, { ...sectionTexts(section, directory), fullPlan, steps: stepsText(steps, commit) });
      return { section, exitCode: changes ? 2 : 0 };
    });
  } catch (error) {
    signal?.throwIfAborted();
    const outcome = { kind: "error", message: (error as Error).message } as const;
    const section: PlanSection = { environment: name, commit, digest: null, outcome };
    writePlanFiles(directory, sectionTexts(section, directory));
    return { section, exitCode: 1 };
  }
}

/** What is paused by hand at `now` (ms since the epoch); `null` if that could not be read. */
async function pausesOf(environment: Environment, now: number): Promise<PlannedPause[] | null> {
  try {
    const row = new PauseRow(environment.environment, await awsAccess(environment));
    return Object.entries(heldAt(await row.read(), now)).map(([field, pause]) => ({
      schedule: field === ALL_SCHEDULES ? null : nameOf(field),
      ...pause,
    }));
  } catch {
    return null;
  }
}

function sectionTexts(section: PlanSection, directory: string) {
  return {
    summary: `${planSectionJson(section)}\n`,
    comment: renderPlans([section], () => directory),
  };
}
