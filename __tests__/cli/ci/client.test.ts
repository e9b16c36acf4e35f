import { GitHubError } from "../../../cli/ci/client";
import { FakeGitHub } from "./fake-github";

let github: FakeGitHub;
beforeEach(async () => {
  github = await new FakeGitHub(() => undefined).start();
});
afterEach(() => github.stop());

test("a request names the version of the API and carries the token", async () => {
  github.answerWith(() => ({ body: { id: 7 } }));
  await expect(github.client.get("/pulls/7")).resolves.toEqual({ id: 7 });
  expect(github.received[0]).toMatchObject({
    path: "/pulls/7",
    headers: {
      authorization: "Bearer a-token",
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
    },
  });
});

test("a list is read to its last page, in order", async () => {
  github.answerWith(({ path, query }) => {
    const page = Number(query.get("page") ?? 1);
    const next = `<${github.url}/repos/octo/clock${path}?per_page=100&page=${page + 1}>; rel="next"`;
    const last = `<${github.url}/repos/octo/clock${path}?per_page=100&page=3>; rel="last"`;
    return { body: { items: [page] }, headers: page < 3 ? { link: `${next}, ${last}` } : undefined };
  });
  await expect(github.client.list("/things", "items")).resolves.toEqual([1, 2, 3]);
  expect(github.received.every(({ query }) => query.get("per_page") === "100")).toBe(true);
});

test("the token is not taken to another host by a link", async () => {
  github.answerWith(() => ({ body: [1], headers: { link: '<http://127.0.0.1:9/repos>; rel="next"' } }));
  await expect(github.client.list("/things")).resolves.toEqual([1]);
});

test("a reading is made again after a short failure, three times in all", async () => {
  let answers = 0;
  github.answerWith(() => (++answers < 3 ? { status: 502, body: "bad gateway" } : { body: "[]" }));
  await expect(github.client.list("/things")).resolves.toEqual([]);
  expect([answers, github.pauses]).toEqual([3, [1_000, 4_000]]);
  github.answerWith(() => ({ status: 500, body: {} }));
  await expect(github.client.get("/things")).rejects.toThrow(GitHubError);
});

test("a change is never made twice by itself", async () => {
  github.answerWith(() => ({ status: 502, body: "bad gateway" }));
  await expect(github.client.send("POST", "/issues", {})).rejects.toThrow(/POST .*\/issues: GitHub says 502/);
  expect(github.changes).toHaveLength(1);
});

test.each([
  [401, /GITHUB_TOKEN is not valid/],
  [403, /give the job the permission/],
  [404, /may not see it: give the job the permission/],
])("a refusal with %d is not tried again, and says what to do", async (status, remedy) => {
  github.answerWith(() => ({ status, body: { message: "No." } }));
  const error = await github.client.get("/pulls/7").catch((one: GitHubError) => one);
  expect(error).toMatchObject({ status, message: expect.stringMatching(remedy) });
  expect((error as GitHubError).message).toContain("GET /repos/octo/clock/pulls/7: GitHub says");
  expect(github.received).toHaveLength(1);
});

test("no answer at all is said, and the token is in no message", async () => {
  const { client } = github;
  await github.stop();
  const error = await client.get("/pulls/7").catch((one: Error) => one);
  expect((error as Error).message).toMatch(/no answer from GitHub.*Run the job again/);
  expect((error as Error).message).not.toContain("a-token");
});
