import { bundlesOfRun, describeBundles, reviewedRun } from "../../../cli/ci/find-bundles";
import { FakeGitHub, REPOSITORY } from "./fake-github";

const MERGE = "a".repeat(40);
const HEAD = "b".repeat(40);

const pull = (fields: object = {}) => ({
  number: 7,
  merged_at: "2026-11-22T10:00:00Z",
  merge_commit_sha: MERGE,
  head: { sha: HEAD, ref: "faster", repo: { full_name: REPOSITORY } },
  base: { ref: "main" },
  ...fields,
});
const run = (fields: object = {}) => ({
  id: 1,
  head_sha: HEAD,
  event: "pull_request",
  conclusion: "success",
  run_started_at: "2026-11-22T09:00:00Z",
  head_branch: "faster",
  head_repository: { full_name: REPOSITORY },
  pull_requests: [{ number: 7 }],
  ...fields,
});
const artifact = (id: number, name: string, fields: object = {}) => ({
  id,
  name,
  expired: false,
  created_at: "2026-11-22T09:05:00Z",
  ...fields,
});

let github: FakeGitHub;
let pulls: object[];
let runs: object[];
let artifacts: object[];
beforeEach(async () => {
  pulls = [pull()];
  runs = [run()];
  artifacts = [];
  github = await new FakeGitHub(({ path }) => {
    if (path === "") return { body: { default_branch: "main" } };
    if (path === `/commits/${MERGE}/pulls`) return { body: pulls };
    if (path === "/actions/workflows/plan.yml/runs") return { body: { total_count: runs.length, workflow_runs: runs } };
    if (path === "/actions/runs/1/artifacts") return { body: { total_count: artifacts.length, artifacts } };
    return undefined;
  }).start();
});
afterEach(() => github.stop());

const find = () => reviewedRun(github.client, REPOSITORY, MERGE);

describe("the run that was reviewed", () => {
  test("is the newest one for the last commit of the pull request that was merged", async () => {
    runs = [run(), run({ id: 3, run_started_at: "2026-11-22T09:30:00Z" }), run({ id: 2 })];
    await expect(find()).resolves.toEqual({ run: 3 });
    const asked = github.received.at(-1)?.query;
    expect([asked?.get("event"), asked?.get("head_sha")]).toEqual(["pull_request", HEAD]);
  });

  test.each([
    ["of another commit", { head_sha: "c".repeat(40) }],
    ["of another event", { event: "push" }],
    ["that failed", { conclusion: "failure" }],
    ["that is not over", { conclusion: null }],
    ["of a fork", { head_repository: { full_name: "mallory/clock" } }],
    ["of a fork that is gone", { head_repository: null }],
    ["of another pull request with the same commit", { pull_requests: [{ number: 8 }] }],
    ["of another branch with the same commit", { head_branch: "slower" }],
    ["of another branch, where GitHub no longer names the pull request", { head_branch: "slower", pull_requests: [] }],
  ])("is none %s", async (_, fields) => {
    runs = [run(fields)];
    await expect(find()).resolves.toEqual({ missing: "no successful plan of #7 for its last commit, bbbbbbbbbbbb" });
  });

  test("is known by its branch where GitHub no longer names the pull request, as after its merge", async () => {
    runs = [run({ pull_requests: [] })];
    await expect(find()).resolves.toEqual({ run: 1 });
    runs = [run({ pull_requests: undefined })];
    await expect(find()).resolves.toEqual({ run: 1 });
  });

  test("is none of a pull request from a fork, whose run could be of a branch by the same name", async () => {
    pulls = [pull({ head: { sha: HEAD, ref: "faster", repo: { full_name: "mallory/clock" } } })];
    await expect(find()).resolves.toEqual({ missing: "#7 came from a fork, and has no plan" });
    pulls = [pull({ head: { sha: HEAD, ref: "faster", repo: null } })];
    await expect(find()).resolves.toEqual({ missing: "#7 came from a fork, and has no plan" });
  });

  test("is none of a pull request into another branch than the default one", async () => {
    pulls = [pull({ base: { ref: "stacked" } })];
    await expect(find()).resolves.toEqual({ missing: "no pull request was merged into main as aaaaaaaaaaaa" });
    pulls = [pull({ number: 6, base: { ref: "stacked" } }), pull()];
    await expect(find()).resolves.toEqual({ run: 1 });
  });

  test.each([
    ["was pushed without one", []],
    ["is of one that is open", [pull({ merged_at: null })]],
    ["was merged by another commit", [pull({ merge_commit_sha: "d".repeat(40) })]],
  ])("is not there where the commit %s", async (_, some) => {
    pulls = some;
    await expect(find()).resolves.toEqual({ missing: "no pull request was merged into main as aaaaaaaaaaaa" });
  });
});

describe("the plans of a run", () => {
  const dev = { environment: "dev", region: "eu-central-1" };
  const prod = { environment: "prod", region: "us-east-1" };

  test("are sealed ones, the newest of a name; one without changes has only its review", async () => {
    artifacts = [
      artifact(10, "review-dev"),
      artifact(11, "sealed-plan-dev"),
      artifact(12, "sealed-plan-dev", { created_at: "2026-11-22T09:06:00Z" }),
      artifact(13, "review-prod"),
    ];
    await expect(bundlesOfRun(github.client, 1, [dev, prod])).resolves.toEqual([
      { ...dev, run: 1, artifact: 12 },
      { ...prod, unchanged: true },
    ]);
  });

  test("that are not there or have expired are missing, never taken for unchanged", async () => {
    artifacts = [artifact(10, "review-dev"), artifact(11, "sealed-plan-dev", { expired: true })];
    const found = await bundlesOfRun(github.client, 1, [dev, prod]);
    expect(found).toEqual([
      { ...dev, missing: "its plan in run 1 has expired" },
      { ...prod, missing: "run 1 made no plan of it" },
    ]);
    expect(describeBundles(found)).toContain(
      "| prod | **not deployed**: run 1 made no plan of it. Plan again: run this workflow by hand with `environment: prod`",
    );
  });
});
