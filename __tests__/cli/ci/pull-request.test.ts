import { pullRequestOf } from "../../../cli/ci/pull-request";
import { FakeGitHub } from "./fake-github";

const HEAD = "a".repeat(40);
const OWN = { id: 5678, full_name: "octo/clock", owner: { login: "octo" } };
const FORK = { id: 99, full_name: "mallory/clock", owner: { login: "mallory" } };

const pull = (number: number, changes: Record<string, unknown> = {}) => ({
  number,
  state: "open",
  user: { login: "anna" },
  head: { ref: "faster", sha: HEAD, repo: OWN },
  base: { ref: "main", repo: OWN },
  ...changes,
});

let run: Record<string, unknown>;
let pulls: ReturnType<typeof pull>[];
let github: FakeGitHub;

beforeEach(async () => {
  run = {
    id: 12,
    path: ".github/workflows/synth.yml",
    event: "pull_request",
    status: "completed",
    conclusion: "success",
    head_sha: HEAD,
    head_branch: "faster",
    head_repository: OWN,
    actor: { login: "anna" },
    // What GitHub names here is not read: it leaves it out for forks and for closed ones.
    pull_requests: [{ number: 666 }],
  };
  pulls = [pull(7)];
  github = await new FakeGitHub(({ path }) => {
    if (path === "/actions/runs/12") return { body: run };
    if (path === "") return { body: { ...OWN, default_branch: "main" } };
    return path === "/pulls" ? { body: pulls } : undefined;
  }).start();
});
afterEach(() => github.stop());

const found = () => pullRequestOf(github.client, 12);

test("it is the open one into the default branch whose head is the run's", async () => {
  pulls.push(pull(5, { head: { ref: "faster", sha: "b".repeat(40), repo: OWN } }));
  await expect(found()).resolves.toEqual({ number: 7, commit: HEAD, unplanned: null });
  const asked = github.received.find(({ path }) => path === "/pulls")?.query;
  expect([asked?.get("head"), asked?.get("state")]).toEqual(["octo:faster", "all"]);
});

test("an earlier one of this head into the same branch, closed since, has the same workflow file", async () => {
  pulls.push(pull(5, { state: "closed" }));
  await expect(found()).resolves.toMatchObject({ number: 7 });
});

test.each(["open", "closed"])(
  "another one of this head into another branch makes it uncertain, also if it is %s",
  async (state) => {
    pulls.push(pull(8, { state, base: { ref: "evil", repo: OWN } }));
    await expect(found()).rejects.toThrow(
      `its commit ${HEAD} is also the head of #8 into evil (${state}), so the run may be of another branch's workflow file. Push a new commit to octo:faster.`,
    );
  },
);

test("the run of one into another branch is not taken for one into the default branch", async () => {
  pulls = [pull(8, { base: { ref: "evil", repo: OWN } })];
  await expect(found()).rejects.toThrow("#8 into evil");
});

test.each([
  ["that was closed", () => [pull(7, { state: "closed" })]],
  ["that has moved on", () => [pull(7, { head: { ref: "faster", sha: "b".repeat(40), repo: OWN } })]],
  ["of another branch", () => [pull(7, { head: { ref: "slower", sha: HEAD, repo: OWN } })]],
  ["of another repository's branch of this name", () => [pull(7, { head: { ref: "faster", sha: HEAD, repo: FORK } })]],
  ["that does not exist", () => []],
])("one %s is not planned", async (_, all) => {
  pulls = all();
  await expect(found()).rejects.toThrow(
    /no open pull request into main has its commit a{40} as head\. If the branch was/,
  );
});

test("two open ones are not planned", async () => {
  pulls.push(pull(9));
  await expect(found()).rejects.toThrow("is the head of #7 into main (open), #9 into main (open). Close all but one.");
});

test.each([
  ["path", ".github/workflows/evil.yml"],
  ["path", ".github/workflows/synth.yml.yml"],
  ["event", "push"],
  ["event", "pull_request_target"],
  ["conclusion", "failure"],
  ["conclusion", null],
  ["status", "in_progress"],
])("a run whose %s is %p is refused: any workflow can be called synth", async (field, value) => {
  run[field] = value;
  await expect(found()).rejects.toThrow(/^Run 12 is not planned: it is a run of .* and not a successful run of/);
  expect(github.received).toHaveLength(1);
});

test("a fork's pull request is found, and is not planned with credentials", async () => {
  run.head_repository = FORK;
  pulls = [pull(7, { head: { ref: "faster", sha: HEAD, repo: FORK } })];
  await expect(found()).resolves.toMatchObject({
    number: 7,
    unplanned: "a fork's changes are not planned with credentials",
  });
  expect(github.received.at(-1)?.query.get("head")).toBe("mallory:faster");
});

test.each(["user", "actor"])("neither is Dependabot's, by the %s", async (field) => {
  const dependabot = { login: "dependabot[bot]" };
  if (field === "actor") run.actor = dependabot;
  else pulls = [pull(7, { user: dependabot })];
  await expect(found()).resolves.toMatchObject({ unplanned: "Dependabot's changes are not planned with credentials" });
});
