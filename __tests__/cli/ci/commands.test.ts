import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "../../../host/work-dir";
import { FakeGitHub, REPOSITORY } from "./fake-github";
import { answering, rightSettings } from "./settings/github-settings";

let scratch: string;
let github: FakeGitHub;
beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "github-"));
  github = await new FakeGitHub(() => undefined).start();
});
afterEach(async () => {
  await github.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const file = (name: string) => join(scratch, name);
const written = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");

/** Runs a command as a step of a workflow does. */
function step(command: string, args: readonly string[], changes: NodeJS.ProcessEnv = {}) {
  const env = {
    PATH: process.env.PATH,
    GITHUB_API_URL: github.url,
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_SERVER_URL: "https://example.org",
    GITHUB_RUN_ID: "5",
    GITHUB_TOKEN: "a-token",
    GITHUB_OUTPUT: file("output"),
    GITHUB_STEP_SUMMARY: file("summary"),
    ...changes,
  };
  const child = spawn(process.execPath, ["cli/metronome.mjs", "ci", command, ...args], {
    cwd: PROJECT_DIR,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  return new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, output })),
  );
}

test("drift-issue and sticky-comment read their texts from files", async () => {
  github.answerWith(({ method }) =>
    method === "GET" ? { body: [] } : { status: 201, body: { html_url: "https://x" } },
  );
  writeFileSync(file("text.md"), "it's `$(drifted)`\n");
  expect(await step("drift-issue", ["prod", "--exit-code", "2", "--text", file("text.md")])).toMatchObject({ code: 0 });
  expect(await step("sticky-comment", ["7", "plan", file("text.md")])).toMatchObject({ code: 0 });
  expect(github.received.filter(({ method }) => method === "POST").map(({ path, body }) => [path, body])).toEqual([
    ["/issues", expect.objectContaining({ body: "<!-- lambda-metronome: drift prod -->\nit's `$(drifted)`\n" })],
    ["/issues/7/comments", { body: "<!-- lambda-metronome: plan -->\nit's `$(drifted)`\n" }],
  ]);
  expect(await step("drift-issue", ["prod", "--exit-code", "2", "--text", file("no.md")])).toMatchObject({
    code: 1,
    output: expect.stringContaining("no.md does not exist"),
  });
}, 30_000);

test("check shows what is missing of the environments with `ci`, each with its remedy, and ends with 1", async () => {
  github.answerWith(answering({ ...rightSettings(), "/environments/local-plan": undefined }));
  const ci = { repository: REPOSITORY, ownerId: "1", repositoryId: "5678" };
  const METRONOME_OVERRIDES = JSON.stringify({ environment: "local", fields: { ci } });
  const checked = await step("check", [], { METRONOME_OVERRIDES });
  expect(checked.code).toBe(1);
  expect(checked.output).toMatch(/^✓ approval +main +1 required$/m);
  expect(checked.output).toMatch(/^✗ environment +local-plan +does not exist\n +→ Settings → Environments: create it/m);
  expect(checked.output).toMatch(/^✗ provider-lock +local +locks\/metronome-local\.\w+\.lock\.hcl does not exist/m);
  expect(github.changes).toEqual([]);
  const settings = await step("check", ["--json"], { METRONOME_OVERRIDES });
  expect(JSON.parse(settings.output.slice(settings.output.indexOf("[")))).toContainEqual(
    expect.objectContaining({ id: "environment", of: "local-plan", state: "missing" }),
  );
  expect(await step("check", [], { METRONOME_OVERRIDES, GITHUB_TOKEN: "" })).toMatchObject({
    code: 1,
    output: expect.stringContaining("Run: GITHUB_TOKEN=$(gh auth token) npx metronome ci check"),
  });
  expect(await step("check", [])).toMatchObject({
    code: 1,
    output: expect.stringContaining("No environment has `ci`"),
  });
}, 60_000);

test("commit-status sets a status that names the run, and cuts what is too long for GitHub", async () => {
  github.answerWith(() => ({ status: 201, body: { id: 1 } }));
  const commit = "a".repeat(40);
  expect(await step("commit-status", [commit, "plan", "failure", "x".repeat(200)])).toMatchObject({ code: 0 });
  expect(github.received.map(({ method, path, body }) => [method, path, body])).toEqual([
    [
      "POST",
      `/statuses/${commit}`,
      {
        context: "plan",
        state: "failure",
        description: "x".repeat(140),
        target_url: "https://example.org/octo/clock/actions/runs/5",
      },
    ],
  ]);
  expect((await step("commit-status", ["main", "plan", "success", "x"])).code).toBe(2);
  expect((await step("commit-status", [commit, "plan", "pending", "x"])).code).toBe(2);
}, 60_000);

test("pull-request prints JSON, and a refusal is on the job's summary", async () => {
  const repository = { id: 5678, owner: { login: "octo" }, default_branch: "main" };
  const head_sha = "a".repeat(40);
  const run = {
    id: 12,
    path: ".github/workflows/synth.yml",
    ...{ event: "pull_request", status: "completed", conclusion: "success" },
    ...{ head_sha, head_branch: "faster", head_repository: repository },
  };
  const head = { ref: "faster", sha: head_sha, repo: repository };
  const pull = (base: string) => ({ number: 7, state: "open", head, base: { ref: base }, user: { login: "anna" } });
  const answer = (base: string) =>
    github.answerWith(({ path }) => ({ body: path === "" ? repository : path === "/pulls" ? [pull(base)] : run }));
  answer("main");
  const found = await step("pull-request", ["12"]);
  expect([found.code, found.output]).toEqual([
    0,
    expect.stringContaining(`{"number":7,"commit":"${head_sha}","unplanned":null}\n`),
  ]);
  answer("evil");
  expect((await step("pull-request", ["12"])).code).toBe(1);
  expect(written("summary")).toContain("#7 into evil (open), so the run may be of another branch's workflow file");
  expect((await step("pull-request", ["latest"])).code).toBe(2);
}, 60_000);

test("a missing token, a refusal and a wrong command line: 1 with the reason on the job's summary, and 2", async () => {
  writeFileSync(file("text.md"), "text");
  const args = ["7", "plan", file("text.md")];
  expect(await step("sticky-comment", args, { GITHUB_TOKEN: "" })).toMatchObject({ code: 1 });
  expect(written("summary")).toMatch(/^GITHUB_TOKEN is not set/);
  expect(await step("sticky-comment", args)).toMatchObject({ code: 1 });
  expect(written("summary")).toContain("GitHub says 404");
  expect((await step("drift-issue", ["prod", "--exit-code", "1", "--text", "x"])).code).toBe(2);
  expect((await step("sticky-comment", ["seven", "plan", "x"])).code).toBe(2);
}, 60_000);
