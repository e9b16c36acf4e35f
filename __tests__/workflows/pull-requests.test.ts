// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are expressions of GitHub's.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SYNTH_WORKFLOW } from "../../cli/ci/pull-request";
import { ROLE_WORKFLOWS } from "../../constructs/access/github-trust";
import { ALL_JOBS, checkoutsOf, DIRECTORY, type Job, jobsOf, NAMES, read, scriptsOf, stepsOf } from "./workflow-files";

describe("the branch's code and credentials", () => {
  const [synth, plan] = [read("synth.yml"), read("plan.yml")];
  const planSteps = stepsOf(plan.jobs.plan);
  const at = (uses: string) => planSteps.findIndex((step) => step.uses?.startsWith(uses));
  const granted = ({ permissions }: Job) => Object.entries(permissions ?? {}).filter(([, right]) => right !== "read");

  test("the workflows that a branch can change have no credentials, no right to write and no GitHub environment", () => {
    const ofBranches = NAMES.filter((name) => "pull_request" in read(name).on);
    expect(ofBranches).toEqual(["ci.yml", "synth.yml"]);
    for (const name of ofBranches) {
      for (const [, { permissions, environment }] of jobsOf(name)) {
        expect([name, permissions, environment]).toEqual([name, { contents: "read" }, undefined]);
      }
      expect(readFileSync(join(DIRECTORY, name), "utf8")).not.toContain("secrets.");
    }
  });

  test("a role is taken in the workflows that its trust names, and in no other", () => {
    const taking = NAMES.filter((name) => readFileSync(join(DIRECTORY, name), "utf8").includes("role-to-assume"));
    expect(taking.sort()).toEqual([...new Set(Object.values(ROLE_WORKFLOWS).flat())].sort());
    const environments = (files: readonly string[]) =>
      files.flatMap((file) => jobsOf(file).flatMap(([, { environment }]) => environment ?? []));
    expect(environments(ROLE_WORKFLOWS.plan).filter((name) => name.endsWith("-plan"))).toHaveLength(3);
    const others = NAMES.filter((name) => !(ROLE_WORKFLOWS.deploy as readonly string[]).includes(name));
    expect(environments(others).filter((name) => !name.endsWith("-plan"))).toEqual([]);
  });

  test("the plan runs by the default branch's file when synth is done, and by nothing else", () => {
    expect(plan.on).toEqual({ workflow_run: { workflows: [synth.name], types: ["completed"] } });
    expect(SYNTH_WORKFLOW).toBe(".github/workflows/synth.yml");
    expect(plan.jobs["pull-request"]?.if).toBe(
      "github.event.workflow_run.event == 'pull_request' && github.event.workflow_run.conclusion == 'success'",
    );
    expect(scriptsOf(plan.jobs["pull-request"])[0]).toMatch(
      /^pull_request=\$\(npx metronome ci pull-request "\$RUN"\)$/m,
    );
    expect(plan.jobs.plan?.needs).toBe("pull-request");
    expect(plan.jobs.plan?.if).toBe("needs.pull-request.outputs.environments != '[]'");
  });

  test("its jobs check out the default branch: no text of the pull request names what is checked out", () => {
    const refs = Object.values(plan.jobs).flatMap((job) => checkoutsOf(job).map((step) => step.with));
    expect(refs).toEqual(Array(3).fill({ "persist-credentials": false }));
  });

  test("each right to write is one job's that needs it, and no such job takes anything of the branch", () => {
    const writing = Object.entries(plan.jobs).filter(([, job]) => granted(job).length > 0);
    expect(writing.map(([id, job]) => [id, granted(job).map(([name]) => name)])).toEqual([
      ["plan", ["id-token"]],
      ["comment", ["pull-requests", "statuses"]],
    ]);
    const downloads = Object.entries(plan.jobs).flatMap(([id, job]) =>
      stepsOf(job)
        .filter(({ uses }) => uses?.startsWith("actions/download-artifact@"))
        .map((step) => [id, step.with?.name ?? step.with?.pattern, step.with?.["run-id"]]),
    );
    expect(downloads).toEqual([
      ["plan", "synthesized", "${{ github.event.workflow_run.id }}"],
      ["comment", "review-*", undefined],
    ]);
  });

  test("what the branch synthesized is checked before the job has credentials", () => {
    const check = planSteps.findIndex(({ run }) => run?.startsWith("npx metronome ci check-synthesized"));
    expect(at("actions/download-artifact@")).toBeLessThan(check);
    expect(check).toBeLessThan(at("aws-actions/"));
    expect(at("aws-actions/")).toBeGreaterThan(0);
  });

  test("forks, Dependabot, and a repository without an environment for CI are planned against the embedded AWS", () => {
    expect(synth.jobs.embedded?.needs).toBe("synth");
    expect(synth.jobs.embedded?.if?.split(" || ")).toEqual([
      "needs.synth.outputs.environments == '[]'",
      "github.event.pull_request.head.repo.full_name != github.repository",
      "github.event.pull_request.user.login == 'dependabot[bot]'",
    ]);
    expect(scriptsOf(plan.jobs["pull-request"])[0]).toMatch(/^if \[ -z "\$unplanned" \]; then environments=\$\(/m);
  });

  test("a pull request whose plan failed, or that was not found, has a status that says so", () => {
    expect(plan.jobs.comment?.if).toBe("${{ !cancelled() && needs.pull-request.result != 'skipped' }}");
    const status = stepsOf(plan.jobs.comment).at(-1);
    expect(status?.env?.PLANNED).toBe(
      "${{ needs.pull-request.result == 'success' && job.status == 'success' && (needs.plan.result == 'success' || needs.plan.result == 'skipped') }}",
    );
  });

  test("no plan, and no digest of a step, leaves a job: what is kept is what the comment shows", () => {
    const kept = ALL_JOBS.flatMap(([, job]) => stepsOf(job))
      .filter(({ uses }) => uses?.startsWith("actions/upload-artifact@"))
      .map((step) => step.with?.path);
    const temp = "${{ runner.temp }}";
    expect(kept).toEqual([`${temp}/plan/plan.md\n${temp}/plan/summary.json\n`, "cdktf.out"]);
  });
});
