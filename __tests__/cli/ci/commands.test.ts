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
