import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_DIR } from "../../host/work-dir";
import { workflowFiles } from "./linters";

const ACTION = join(".github", "actions", "setup", "action.yml");
const read = (file: string) => readFileSync(join(PROJECT_DIR, file), "utf8");
const WORKFLOWS = workflowFiles();

test("the workflows are there", () => {
  expect(WORKFLOWS.map((file) => file.split("/").at(-1)).sort()).toEqual([
    "ci.yml",
    "deploy.yml",
    "drift.yml",
    "plan.yml",
  ]);
});

/** The jobs of a workflow: the text of each, by its id. */
function jobsOf(file: string): Map<string, string> {
  const [, jobs = ""] = read(file).split(/^jobs:\n/m);
  const parts = jobs.split(/^ {2}([a-z]+):\n/m).slice(1);
  return new Map(parts.flatMap((id, k) => (k % 2 === 0 ? [[id, parts[k + 1] ?? ""] as const] : [])));
}

test.each([...WORKFLOWS, ACTION])(
  "%s: every action is pinned by the hash of a commit, its version beside it",
  (file) => {
    const used = [...read(file).matchAll(/\buses:\s*(.*)$/gm)].map(([, what]) => what ?? "");
    expect(used.length).toBeGreaterThan(0);
    const loose = used.filter(
      (what) => !/^(\.\/\.github\/actions\/setup|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(what),
    );
    expect(loose).toEqual([]);
  },
);

test("an action has the same hash wherever it is used", () => {
  const pins = [...WORKFLOWS, ACTION].flatMap(
    (file) => read(file).match(/[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\S+/g) ?? [],
  );
  const actions = new Set(pins.map((pin) => pin.split("@")[0]));
  expect(new Set(pins).size).toBe(actions.size);
});

describe.each(WORKFLOWS)("%s", (file) => {
  const text = read(file);
  const jobs = jobsOf(file);

  test("grants nothing at the top, and each job what it needs, on a fixed image and for a limited time", () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(jobs.size).toBeGreaterThan(0);
    for (const [id, job] of jobs) {
      expect([id, /^ {4}permissions:/m.test(job)]).toEqual([id, true]);
      expect([id, /^ {4}runs-on: ubuntu-24\.04$/m.test(job)]).toEqual([id, true]);
      expect([id, /^ {4}timeout-minutes: \d+$/m.test(job)]).toEqual([id, true]);
    }
  });

  test("keeps no token in a checkout", () => {
    const checkouts = text.match(/uses: actions\/checkout@/g)?.length ?? 0;
    expect(text.match(/persist-credentials: false/g)?.length ?? 0).toBe(checkouts);
  });

  test("hands no expression to a shell but through a variable", () => {
    const scripts = [...text.matchAll(/^( *)(?:- )?run: (\|\n(?:\1 {2,}.*\n|\n)+|.*\n)/gm)].map(
      ([, , script]) => script,
    );
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((script) => script?.includes("${{"))).toEqual([]);
  });

  test("fails where any part of a pipe fails", () => {
    expect(text).toMatch(/^defaults:\n {2}run:\n(?: {4}#.*\n)? {4}shell: bash$/m);
  });

  test("runs npm scripts that are there", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const run = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][a-z:-]*)/g)].map(([, name]) => name ?? "");
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });
});

/** What a concurrency group says of running jobs, at the top of a file and in its jobs. */
const cancels = (text: string) => [...text.matchAll(/^ *cancel-in-progress: *(.*)$/gm)].map(([, what]) => what);

test("nothing that plans, deploys or looks for drift is cancelled in its middle, which would leave the state locked", () => {
  const holdsState = WORKFLOWS.filter((file) => /(?:npm run|npx metronome) (plan|deploy|drift) /.test(read(file)));
  expect(holdsState.map((file) => file.split("/").at(-1)).sort()).toEqual(["deploy.yml", "drift.yml", "plan.yml"]);
  for (const file of holdsState) {
    const text = read(file);
    const groups = text.match(/^ *concurrency:/gm)?.length ?? 0;
    expect([file, groups]).not.toEqual([file, 0]);
    // A group that does not say so does not cancel either; here each says so.
    expect([file, cancels(text)]).toEqual([file, Array(groups).fill("false")]);
  }
});

test("a deploy waits for the job that shows what is to be approved, and applies the bundle shown and no other", () => {
  const jobs = jobsOf(join(".github", "workflows", "deploy.yml"));
  expect(jobs.get("review")).toMatch(/npx metronome ci plan-comment .*>> "\$GITHUB_STEP_SUMMARY"/);
  expect(jobs.get("review")).not.toMatch(/^ {4}environment:|id-token|secrets\./m);
  const deploy = jobs.get("deploy") ?? "";
  expect(deploy).toMatch(/^ {4}needs: \[find, review\]$/m);
  expect(deploy).toMatch(/^ {4}if: .*needs\.review\.result == 'success'/m);
  const [checked, applied] = ["sha256sum --check", "npm run deploy --"].map((what) => deploy.indexOf(what));
  expect(checked).toBeGreaterThan(0);
  expect(applied).toBeGreaterThan(checked as number);
});

describe("the branch's code and credentials", () => {
  const plan = read(join(".github", "workflows", "plan.yml"));

  test("pull requests into the default branch alone are planned: another branch's code was never reviewed", () => {
    expect(plan).toMatch(/^on:\n {2}pull_request:\n(?: {4}#.*\n)* {4}branches: \[main\]\n\n/m);
    const guard = "github.event.pull_request.base.ref == github.event.repository.default_branch";
    const ofBase = jobs.filter(([, job]) => /ref: \$\{\{ github\.event\.pull_request\.base\.sha \}\}/.test(job));
    expect(ofBase.map(([id]) => id)).toEqual(["environments", "plan", "comment"]);
    for (const [id, job] of ofBase) {
      const condition = /^ {4}if: (>-\n(?: {6}.*\n)+|.*\n)/m.exec(job)?.[1] ?? "";
      expect([id, condition]).toEqual([id, expect.stringContaining(guard)]);
      // As the whole condition's conjunct, not as one way among others.
      expect([id, /\|\|/.test(condition.replace(/\([^()]*(\([^()]*\)[^()]*)*\)/g, ""))]).toEqual([id, false]);
    }
  });

  const jobs = [...jobsOf(join(".github", "workflows", "plan.yml"))];
  const withCredentials = jobs.filter(([, job]) => /id-token: write|secrets\.|: write/.test(job));

  test("in a pull request a job with credentials, a secret or a right to write checks out the base branch", () => {
    expect(withCredentials.map(([id]) => id)).toEqual(["plan", "comment"]);
    for (const [id, job] of withCredentials) {
      const checkouts = job.match(/uses: actions\/checkout@/g)?.length;
      const ofBase = job.match(/ref: \$\{\{ github\.event\.pull_request\.base\.sha \}\}/g)?.length;
      expect([id, ofBase]).toEqual([id, checkouts]);
    }
  });

  test("the jobs that run the branch's code have nothing but the right to read", () => {
    const ofBranch = jobs.filter(([, job]) => /actions\/checkout@/.test(job) && !/ref: /.test(job));
    expect(ofBranch.map(([id]) => id)).toEqual(["synth", "embedded"]);
    for (const [id, job] of ofBranch) {
      const permissions = /^ {4}permissions:\n((?: {6}.*\n)+)/m.exec(job)?.[1];
      expect([id, permissions]).toEqual([id, "      contents: read\n"]);
    }
  });

  test("no bare plan leaves a job: what is kept is sealed, or what the comment shows", () => {
    const kept = WORKFLOWS.flatMap((file) =>
      read(file)
        .split("uses: actions/upload-artifact@")
        .slice(1)
        .map((step) => /path: (\|\n(?: {12}.*\n)+|.*\n)/.exec(step)?.[1]?.trim() ?? ""),
    );
    expect(kept.length).toBe(5);
    const allowed =
      /^(cdktf\.out|\$\{\{ runner\.temp \}\}\/plan\.sealed|\|\s+\S* ?\S* ?\S*\/bundle\/plan\.md\s+.*\/bundle\/summary\.json)$/;
    expect(kept.filter((path) => !allowed.test(path))).toEqual([]);
  });
});
