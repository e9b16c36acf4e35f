import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PROJECT_DIR } from "../../host/work-dir";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Concurrency {
  readonly group: string;
  readonly "cancel-in-progress": boolean;
}

export interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: Concurrency;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly "runs-on"?: string;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, { readonly branches?: readonly string[] } | null>>;
  readonly permissions: object;
  readonly defaults: { readonly run: { readonly shell: string } };
  readonly concurrency?: Concurrency;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const DIRECTORY = join(PROJECT_DIR, ".github", "workflows");
export const ACTION = join(PROJECT_DIR, ".github", "actions", "setup", "action.yml");
export const NAMES = readdirSync(DIRECTORY).sort();
export const read = (name: string): Workflow => parse(readFileSync(join(DIRECTORY, name), "utf8"));
export const stepsOf = (job: Job | undefined) => job?.steps ?? [];
export const scriptsOf = (job: Job | undefined) => stepsOf(job).flatMap(({ run }) => (run ? [run] : []));
export const jobsOf = (name: string) => Object.entries(read(name).jobs);
export const checkoutsOf = (job: Job) => stepsOf(job).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
export const ALL_JOBS = NAMES.flatMap((name) => jobsOf(name).map(([id, job]) => [`${name} ${id}`, job] as const));
export const setUp = parse(readFileSync(ACTION, "utf8")) as {
  inputs: Readonly<Record<string, { readonly default: string }>>;
  runs: { steps: Step[] };
};
