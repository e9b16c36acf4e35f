// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are expressions of GitHub's.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_DIR } from "../../host/work-dir";
import {
  ACTION,
  ALL_JOBS,
  checkoutsOf,
  DIRECTORY,
  jobsOf,
  NAMES,
  read,
  scriptsOf,
  setUp,
  stepsOf,
} from "./workflow-files";

test("these workflows exist, and no event runs a pull request's code with rights", () => {
  expect(NAMES).toEqual(["ci.yml", "deploy-environment.yml", "deploy.yml", "drift.yml", "plan.yml", "synth.yml"]);
  const events = NAMES.flatMap((name) => Object.keys(read(name).on));
  expect([...new Set(events)].sort()).toEqual([
    "pull_request",
    "push",
    "schedule",
    "workflow_call",
    "workflow_dispatch",
    "workflow_run",
  ]);
});

test("a branch is compared by its whole ref: a tag can have the branch's name", () => {
  for (const name of NAMES) expect(readFileSync(join(DIRECTORY, name), "utf8")).not.toContain("ref_name");
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

describe("packages", () => {
  const installing = setUp.runs.steps.filter(({ run }) => run?.startsWith("npm "));

  test("are installed before a job has credentials, and by the set-up alone", () => {
    expect(scriptsOf({ steps: setUp.runs.steps }).slice(0, 2)).toEqual(installing.map(({ run }) => run));
    for (const [, job] of ALL_JOBS) {
      expect(scriptsOf(job).filter((script) => /\bnpm (ci|i|install)\b/.test(script))).toEqual([]);
      const uses = stepsOf(job).map((step) => step.uses ?? "");
      const [setup, login] = ["./.github/actions/setup", "aws-actions/"].map((what) =>
        uses.findIndex((used) => used.startsWith(what)),
      );
      if (login !== -1) expect(setup).toBeLessThan(login as number);
    }
  });

  test("for development, and scripts of packages, come into the tests' job alone, which can get no token and write nothing", () => {
    expect(installing).toEqual([
      expect.objectContaining({
        if: "inputs.development != 'true'",
        run: "npm ci --omit=dev --ignore-scripts --no-audit --no-fund",
      }),
      expect.objectContaining({ if: "inputs.development == 'true'", run: "npm ci --no-audit --no-fund" }),
    ]);
    expect(setUp.inputs.development?.default).toBe("false");
    const whole = ALL_JOBS.filter(([, job]) => stepsOf(job).some((step) => step.with?.development !== undefined));
    expect(whole.map(([name, { permissions, environment }]) => [name, permissions, environment])).toEqual([
      ["ci.yml test", { contents: "read" }, undefined],
    ]);
  });
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
