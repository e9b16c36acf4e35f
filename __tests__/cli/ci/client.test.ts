import { GitHubError } from "../../../cli/ci/client";
import { FakeGitHub } from "./fake-github";

let github: FakeGitHub;
beforeEach(async () => {
  github = await new FakeGitHub(() => undefined).start();
});
afterEach(() => github.stop());

const get = ({ client: { issues, repository } } = github) => issues.get({ ...repository, issue_number: 7 });
const list = ({ client: { issues, paginate, repository } } = github) =>
  paginate(issues.listForRepo, { ...repository, per_page: 100 });
const refused = (request: Promise<unknown>) =>
  request.then(
    () => Promise.reject(new Error("it was not refused")),
    (error: GitHubError) => error,
  );

test("a request names the version of the API and carries the token", async () => {
  github.answerWith(() => ({ body: { id: 7 } }));
  await expect(get()).resolves.toMatchObject({ data: { id: 7 } });
  expect(github.received[0]).toMatchObject({
    path: "/issues/7",
    headers: {
      authorization: "token a-token",
      accept: expect.stringContaining("json"),
      "x-github-api-version": "2022-11-28",
    },
  });
});

test("a list is read to its last page, in order", async () => {
  github.answerWith(({ path, query }) => {
    const page = Number(query.get("page") ?? 1);
    const next = `<${github.url}/repos/octo/clock${path}?per_page=100&page=${page + 1}>; rel="next"`;
    const last = `<${github.url}/repos/octo/clock${path}?per_page=100&page=3>; rel="last"`;
    return { body: [{ id: page }], headers: page < 3 ? { link: `${next}, ${last}` } : undefined };
  });
  expect((await list()).map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(github.received.every(({ query }) => query.get("per_page") === "100")).toBe(true);
});

test("the token does not follow a link to another host", async () => {
  const other = await new FakeGitHub(() => ({ body: [] })).start();
  try {
    github.answerWith(() => ({ body: [{ id: 1 }], headers: { link: `<${other.url}/repos>; rel="next"` } }));
    await expect(list()).rejects.toThrow(`${other.url}/repos is not an address of ${github.url}`);
    expect(other.received).toEqual([]);
  } finally {
    await other.stop();
  }
});

test("a reading request is made again after a short failure, three times in all", async () => {
  let answers = 0;
  github.answerWith(() => (++answers < 3 ? { status: 502, body: "bad gateway" } : { body: "[]" }));
  await expect(list()).resolves.toEqual([]);
  expect(answers).toBe(3);
  github.answerWith(() => ({ status: 500, body: {} }));
  await expect(get()).rejects.toThrow(GitHubError);
  expect(github.received).toHaveLength(6);
});

test("a change is made once, also after a failure", async () => {
  github.answerWith(() => ({ status: 502, body: "bad gateway" }));
  const { issues, repository } = github.client;
  await expect(issues.create({ ...repository, title: "a" })).rejects.toThrow(/POST .*\/issues: GitHub says 502/);
  await expect(issues.update({ ...repository, issue_number: 7 })).rejects.toThrow(/PATCH .*GitHub says 502/);
  expect(github.changes).toEqual(["POST /issues", "PATCH /issues/7"]);
});

test.each([
  [401, /GITHUB_TOKEN is not valid/],
  [403, /give the job the permission/],
  [404, /may not see it: give the job the permission/],
])("a refusal with %d is not tried again, and says what to do", async (status, remedy) => {
  github.answerWith(() => ({ status, body: { message: "No." } }));
  const { message } = await refused(get());
  expect(message).toMatch(remedy);
  expect(message).toContain(`GET /repos/octo/clock/issues/7: GitHub says ${status}, "No.`);
  expect(github.received).toHaveLength(1);
});

test("the message says that GitHub did not answer, and does not hold the token", async () => {
  const { client } = github;
  await github.stop();
  const { message } = await refused(client.issues.get({ ...client.repository, issue_number: 7 }));
  expect(message).toMatch(/no answer from GitHub.*run the job again/);
  expect(message).not.toContain("a-token");
});
