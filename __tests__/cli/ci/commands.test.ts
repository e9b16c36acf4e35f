import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "../../../host/work-dir";
import { FakeGitHub, REPOSITORY } from "./fake-github";

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
  const child = spawn(process.execPath, ["cli/run.mjs", `cli/commands/ci-${command}.ts`, ...args], {
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

const targets = JSON.stringify([
  { environment: "dev", region: "eu-central-1" },
  { environment: "prod", region: "us-east-1" },
]);

test("find-bundles hands a matrix of what is there to the next job, and says what is not", async () => {
  const artifact = { id: 11, name: "sealed-plan-dev", expired: false, created_at: "2026-11-22T09:05:00Z" };
  github.answerWith(({ path }) =>
    path === "/actions/runs/5/artifacts" ? { body: { total_count: 1, artifacts: [artifact] } } : undefined,
  );
  const { code } = await step("find-bundles", ["--run", "5", "--targets", targets]);
  expect(code).toBe(0);
  expect(written("output")).toBe(
    'bundles=[{"environment":"dev","region":"eu-central-1","run":5,"artifact":11}]\nmissing=true\n',
  );
  expect(written("summary")).toMatch(
    /\| dev \| the reviewed plan of run 5 is applied \|\n\| prod \| \*\*not deployed\*\*/,
  );
}, 30_000);

test("find-bundles finds nothing for a commit that no pull request was merged as", async () => {
  github.answerWith(({ path }) => {
    if (path === "") return { body: { default_branch: "main" } };
    return path.endsWith("/pulls") ? { body: [] } : undefined;
  });
  const { code } = await step("find-bundles", ["--commit", "a".repeat(40), "--targets", targets]);
  expect([code, written("output")]).toEqual([0, "bundles=[]\nmissing=true\n"]);
  expect(written("summary")).toContain("no pull request was merged into main as aaaaaaaaaaaa");
}, 30_000);

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
    output: expect.stringContaining("no.md is not there"),
  });
}, 30_000);

test("a missing token, a refusal and a wrong command line: 1 with the reason on the job's summary, and 2", async () => {
  const args = ["--run", "5", "--targets", targets];
  expect(await step("find-bundles", args, { GITHUB_TOKEN: "" })).toMatchObject({ code: 1 });
  expect(written("summary")).toMatch(/^GITHUB_TOKEN is not set/);
  expect(await step("find-bundles", args)).toMatchObject({ code: 1 });
  expect(written("summary")).toContain("GitHub says 404");
  for (const wrong of [
    ["--targets", targets],
    [...args, "--commit", "a"],
    ["--run", "5", "--targets", "[1]"],
  ]) {
    expect((await step("find-bundles", wrong)).code).toBe(2);
  }
  expect((await step("drift-issue", ["prod", "--exit-code", "1", "--text", "x"])).code).toBe(2);
  expect((await step("sticky-comment", ["seven", "plan", "x"])).code).toBe(2);
}, 60_000);
