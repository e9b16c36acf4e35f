// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are expressions of GitHub's.
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

interface Job {
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
  readonly on: Readonly<Record<string, { readonly branches?: readonly string[] } | null>>;
  readonly permissions: object;
  readonly defaults: { readonly run: { readonly shell: string } };
  readonly concurrency?: Concurrency;
  readonly jobs: Readonly<Record<string, Job>>;
}

const DIRECTORY = join(PROJECT_DIR, ".github", "workflows");
const ACTION = join(PROJECT_DIR, ".github", "actions", "setup", "action.yml");
const NAMES = readdirSync(DIRECTORY).sort();
const read = (name: string): Workflow => parse(readFileSync(join(DIRECTORY, name), "utf8"));
const stepsOf = (job: Job | undefined) => job?.steps ?? [];
const scriptsOf = (job: Job | undefined) => stepsOf(job).flatMap(({ run }) => (run ? [run] : []));
const jobsOf = (name: string) => Object.entries(read(name).jobs);
const checkoutsOf = (job: Job) => stepsOf(job).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
const ALL_JOBS = NAMES.flatMap((name) => jobsOf(name).map(([id, job]) => [`${name} ${id}`, job] as const));
const setUp = parse(readFileSync(ACTION, "utf8")) as { runs: { steps: Step[] } };

test("these workflows exist, and no event gives a fork rights", () => {
  expect(NAMES).toEqual(["ci.yml", "deploy-environment.yml", "deploy.yml", "drift.yml", "plan.yml"]);
  const events = NAMES.flatMap((name) => Object.keys(read(name).on));
  expect([...new Set(events)].sort()).toEqual([
    "pull_request",
    "push",
    "schedule",
    "workflow_call",
    "workflow_dispatch",
  ]);
});

test("every action is pinned by the hash of a commit, with its version beside it, and the same hash everywhere", () => {
  const texts = [...NAMES.map((name) => join(DIRECTORY, name)), ACTION].map((file) => readFileSync(file, "utf8"));
  const used = texts.flatMap((text) => [...text.matchAll(/\buses:\s*(.*)$/gm)].map(([, what]) => what ?? ""));
  const actions = used.filter((what) => !what.startsWith("./.github/"));
  expect(actions.filter((what) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what))).toEqual([]);
  expect(new Set(actions).size).toBe(new Set(actions.map((pin) => pin.split("@")[0])).size);
  const parsed = [...ALL_JOBS.flatMap(([, job]) => [job, ...stepsOf(job)]), ...setUp.runs.steps];
  expect(parsed.filter(({ uses }) => uses)).toHaveLength(used.length);
});

test.each(NAMES)("%s grants nothing at the top, and a script fails if any part of a pipe fails", (name) => {
  const { permissions, defaults } = read(name);
  expect(permissions).toEqual({});
  expect(defaults.run.shell).toBe("bash");
});

test.each(ALL_JOBS)("%s has permissions of its own, a fixed image and a time limit", (_, job) => {
  expect(job.permissions).toBeDefined();
  if (job.uses) return expect(job.uses).toMatch(/^\.\/\.github\/workflows\/[\w-]+\.yml$/);
  expect(job["runs-on"]).toBe("ubuntu-24.04");
  expect(job["timeout-minutes"]).toEqual(expect.any(Number));
});

test.each(ALL_JOBS)("%s keeps no token in a checkout, and hands no expression to a shell", (_, job) => {
  expect(checkoutsOf(job).filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
  expect(scriptsOf(job).filter((script) => script.includes("${{"))).toEqual([]);
});

test("the workflows run npm scripts that exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT_DIR, "package.json"), "utf8")) as { scripts: object };
  const run = ALL_JOBS.flatMap(
    ([, job]) =>
      scriptsOf(job)
        .join("\n")
        .match(/\bnpm (run )?[a-z:-]+/g) ?? [],
  );
  const names = run.map((command) => command.split(" ").at(-1) ?? "");
  expect(new Set(names)).toEqual(new Set(["plan", "deploy", "stop"]));
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
});

test("packages are installed before a job has credentials", () => {
  expect(scriptsOf({ steps: setUp.runs.steps })[0]).toMatch(/^npm ci\b/);
  for (const [, job] of ALL_JOBS) {
    const uses = stepsOf(job).map((step) => step.uses ?? "");
    const [setup, login] = ["./.github/actions/setup", "aws-actions/"].map((what) =>
      uses.findIndex((used) => used.startsWith(what)),
    );
    if (login !== -1) expect(setup).toBeLessThan(login as number);
  }
});

test("nothing that plans, deploys or looks for drift is cancelled in its middle, which would leave the state locked", () => {
  const holders = ALL_JOBS.filter(([, job]) =>
    /npm run (plan|deploy) -- "\$ENV|metronome drift /.test(scriptsOf(job).join("\n")),
  );
  expect(holders.map(([name]) => name)).toEqual([
    "deploy-environment.yml plan",
    "deploy-environment.yml deploy",
    "drift.yml drift",
    "plan.yml plan",
  ]);
  for (const [name, job] of holders) {
    const groups = [read(name.split(" ")[0] ?? "").concurrency, job.concurrency].filter((one) => one !== undefined);
    expect([name, groups.map((group) => group["cancel-in-progress"])]).toEqual([name, [false]]);
  }
});

describe("a deployment", () => {
  const jobs = read("deploy-environment.yml").jobs;
  const planned = stepsOf(jobs.plan).find(({ id }) => id === "plan");

  test("plans main alone", () => {
    const deploy = read("deploy.yml");
    expect(deploy.on.push).toEqual({ branches: ["main"] });
    expect(deploy.jobs.environments?.if).toBe(
      "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)",
    );
    expect(deploy.jobs.environment).toMatchObject({
      needs: "environments",
      uses: "./.github/workflows/deploy-environment.yml",
      permissions: { contents: "read", "id-token": "write" },
    });
    const refs = Object.values(jobs).flatMap((job) => checkoutsOf(job).map((step) => step.with?.ref));
    expect(refs).toEqual([undefined, undefined]);
  });

  test("shows the plan before the environment's approval is asked for", () => {
    expect(jobs.plan?.environment).toBe("${{ inputs.environment }}-plan");
    expect(scriptsOf(jobs.plan).at(-1)).toMatch(/plan\.md" >> "\$GITHUB_STEP_SUMMARY"/);
    expect(jobs.deploy?.environment).toBe("${{ inputs.environment }}");
    expect(jobs.deploy?.needs).toBe("plan");
    expect(jobs.deploy?.if).toBe("needs.plan.outputs.changes == 'true'");
  });

  test("takes the digest from the job that planned, by its output, and deploys by nothing else", () => {
    expect(planned?.run).toMatch(/digest=\$\(jq -er \.digest "\$RUNNER_TEMP\/plan\/summary\.json"\)/);
    expect(planned?.run).toMatch(/echo "digest=\$digest".*>> "\$GITHUB_OUTPUT"/);
    expect(jobs.plan?.outputs?.digest).toBe("${{ steps.plan.outputs.digest }}");
    expect(jobs.deploy?.env).toEqual({ DIGEST: "${{ needs.plan.outputs.digest }}" });
    const deploys = NAMES.flatMap((name) => jobsOf(name).flatMap(([, job]) => scriptsOf(job))).filter((script) =>
      script.includes("npm run deploy"),
    );
    expect(deploys).toEqual([
      'npm run deploy -- "$ENVIRONMENT" --digest "$DIGEST" 2>&1 | tee "$RUNNER_TEMP/deploy.log"',
    ]);
  });

  test("uses no artifact and no secret", () => {
    for (const name of ["deploy.yml", "deploy-environment.yml"]) {
      expect(readFileSync(join(DIRECTORY, name), "utf8")).not.toMatch(/artifact@|secrets\./);
    }
  });
});

describe("the branch's code and credentials", () => {
  const plan = read("plan.yml");
  const jobs = Object.entries(plan.jobs);
  const BASE = "${{ github.event.pull_request.base.sha }}";
  const refsOf = (job: Job) => checkoutsOf(job).map((step) => step.with?.ref);
  const granted = ({ permissions }: Job) => Object.entries(permissions ?? {}).filter(([, right]) => right !== "read");

  test("pull requests into the default branch alone are planned: another branch's code was never reviewed", () => {
    expect(plan.on).toEqual({ pull_request: { branches: ["main"] } });
    const guard = "github.event.pull_request.base.ref == github.event.repository.default_branch";
    const ofBase = jobs.filter(([, job]) => refsOf(job).includes(BASE));
    expect(ofBase.map(([id]) => id)).toEqual(["environments", "plan", "comment"]);
    for (const [id, job] of ofBase) {
      expect([id, job.if]).toEqual([id, expect.stringContaining(guard)]);
      // As the whole condition's conjunct, not as one way among others.
      expect([id, /\|\|/.test((job.if ?? "").replace(/\([^()]*\)/g, ""))]).toEqual([id, false]);
    }
  });

  test("forks and Dependabot are planned against the embedded AWS alone", () => {
    const condition = plan.jobs.environments?.if ?? "";
    expect(condition).toContain("github.event.pull_request.head.repo.full_name == github.repository");
    expect(condition).toContain("github.event.pull_request.user.login != 'dependabot[bot]'");
    expect(plan.jobs.synth?.needs).toBe("environments");
    expect(plan.jobs.plan?.needs).toEqual(["environments", "synth"]);
    expect(plan.jobs.embedded?.if).toContain("needs.environments.result == 'skipped'");
  });

  test("in a pull request a job with credentials or a right to write checks out the base branch", () => {
    const withCredentials = jobs.filter(([, job]) => granted(job).length > 0 || job.environment);
    expect(withCredentials.map(([id]) => id)).toEqual(["plan", "comment"]);
    for (const [id, job] of withCredentials) expect([id, refsOf(job)]).toEqual([id, [BASE]]);
    expect(readFileSync(join(DIRECTORY, "plan.yml"), "utf8")).not.toContain("secrets.");
  });

  test("the jobs that run the branch's code have nothing but the right to read", () => {
    const ofBranch = jobs.filter(([, job]) => refsOf(job).includes(undefined));
    expect(ofBranch.map(([id, { permissions, environment }]) => [id, permissions, environment])).toEqual([
      ["synth", { contents: "read" }, undefined],
      ["embedded", { contents: "read" }, undefined],
    ]);
  });

  test("what the branch synthesized is checked before the job has credentials", () => {
    const steps = stepsOf(plan.jobs.plan);
    const check = steps.findIndex(({ run }) => run?.startsWith("npx metronome ci check-synthesized"));
    expect(check).toBeGreaterThan(0);
    expect(check).toBeLessThan(steps.findIndex(({ uses }) => uses?.startsWith("aws-actions/")));
  });

  test("no plan, and no digest of a step, leaves a job: what is kept is what the comment shows", () => {
    const kept = ALL_JOBS.flatMap(([, job]) => stepsOf(job))
      .filter(({ uses }) => uses?.startsWith("actions/upload-artifact@"))
      .map((step) => step.with?.path);
    const temp = "${{ runner.temp }}";
    expect(kept).toEqual(["cdktf.out", `${temp}/plan/plan.md\n${temp}/plan/summary.json\n`]);
  });
});
