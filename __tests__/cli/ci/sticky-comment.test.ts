import { writeStickyComment } from "../../../cli/ci/sticky-comment";
import { markedBody, timed, WORKFLOW_USER } from "../../../cli/ci/texts";
import { FakeGitHub } from "./fake-github";

interface Comment {
  id: number;
  body: string;
  html_url: string;
  user: { login: string };
}

let github: FakeGitHub;
let comments: Comment[];
const comment = (id: number, login: string, body: string): Comment => ({
  id,
  body,
  html_url: `https://example.org/${id}`,
  user: { login },
});

beforeEach(async () => {
  comments = [];
  github = await new FakeGitHub(({ method, path, body }) => {
    const text = (body as { body?: string } | undefined)?.body ?? "";
    if (method === "GET" && path === "/issues/7/comments") return { body: comments };
    if (method === "POST" && path === "/issues/7/comments") {
      const created = comment(100 + comments.length, WORKFLOW_USER, text);
      comments.push(created);
      return { status: 201, body: created };
    }
    const changed = comments.find(({ id }) => path === `/issues/comments/${id}`);
    if (method === "PATCH" && changed) {
      changed.body = text;
      return { body: changed };
    }
    return undefined;
  }).start();
});
afterEach(() => github.stop());

const write = (text: string, name = "plan") => writeStickyComment(github.client, 7, name, text);

test("the first time it is created, then changed in place, and left if nothing is new", async () => {
  await expect(write("one")).resolves.toMatchObject({ done: "created" });
  await expect(write("two")).resolves.toMatchObject({ done: "updated" });
  await expect(write("two")).resolves.toMatchObject({ done: "unchanged" });
  expect(comments.map(({ body }) => body)).toEqual(["<!-- lambda-metronome: plan -->\ntwo\n"]);
  expect(github.changes).toEqual(["POST /issues/7/comments", "PATCH /issues/comments/100"]);
});

test("what is marked as timed is no reason to change it; anything else is, and brings it along", async () => {
  const plan = (change: string, at: string) => `${change}\n\n${timed(`next tick: ${at}`)}\n\ndigest\n`;
  await write(plan("10s to 5s", "02:30"));
  // As GitHub may hand it back.
  for (const one of comments) one.body = one.body.replaceAll("\n", "\r\n").trim();
  await expect(write(plan("10s to 5s", "14:00"))).resolves.toMatchObject({ done: "unchanged" });
  expect(comments[0]?.body).toContain("02:30");
  await expect(write(plan("10s to 4s", "14:00"))).resolves.toMatchObject({ done: "updated" });
  expect(comments[0]?.body).toContain("14:00");
  await expect(write("10s to 4s\n\ndigest\n")).resolves.toMatchObject({ done: "updated" });
});

test("comments of people are left alone, with the marker in them too, and so are those of another name", async () => {
  comments = [
    comment(1, "mallory", markedBody("plan", "mine")),
    comment(2, WORKFLOW_USER, markedBody("benchmark", "other")),
    comment(3, WORKFLOW_USER, `quoted: ${markedBody("plan", "not at its beginning")}`),
  ];
  const before = comments.map(({ body }) => body);
  await expect(write("new")).resolves.toMatchObject({ done: "created" });
  expect(comments.slice(0, 3).map(({ body }) => body)).toEqual(before);
});

test("a text that is too long for GitHub is cut at a line's end, and that is said", () => {
  const body = markedBody("plan", "a line\n".repeat(20_000));
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body.length).toBeGreaterThan(65_000);
  expect(body).toMatch(/\na line\n\n… The rest is too long for GitHub; the job's summary has it all\.\n$/);
  expect(markedBody("plan", "short")).not.toContain("too long");
});
