import { writeDriftIssue } from "../../../cli/ci/drift-issue";
import { markedBody, WORKFLOW_USER } from "../../../cli/ci/texts";
import { FakeGitHub } from "./fake-github";

interface Issue {
  number: number;
  title: string;
  body: string;
  html_url: string;
  state: "open" | "closed";
  creator: string;
  pull_request?: object;
}

let github: FakeGitHub;
let issues: Issue[];
let comments: string[];
const issue = (fields: Partial<Issue>): Issue => ({
  number: issues.length + 1,
  title: "",
  body: "",
  html_url: "https://example.org/issue",
  state: "open",
  creator: WORKFLOW_USER,
  ...fields,
});

beforeEach(async () => {
  issues = [];
  comments = [];
  github = await new FakeGitHub(({ method, path, query, body }) => {
    const fields = body as Partial<Issue>;
    if (method === "GET" && path === "/issues") {
      const [state, creator] = [query.get("state") ?? "open", query.get("creator")];
      return {
        body: issues.filter((one) => (state === "all" || one.state === state) && (!creator || one.creator === creator)),
      };
    }
    if (method === "POST" && path === "/issues") {
      const created = issue(fields);
      issues.push(created);
      return { status: 201, body: created };
    }
    const [, number, comment] = /^\/issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
    const found = issues.find((one) => String(one.number) === number);
    if (method === "POST" && comment) {
      comments.push(String(fields.body));
      return { status: 201, body: {} };
    }
    return method === "PATCH" && found ? { body: Object.assign(found, fields) } : undefined;
  }).start();
});
afterEach(() => github.stop());

const drift = (text: string, environment = "prod") =>
  writeDriftIssue(github.client, { environment, drifted: true, text, run: "https://example.org/run" });
const none = (environment = "prod") => writeDriftIssue(github.client, { environment, drifted: false, text: "" });
const done = async (outcome: ReturnType<typeof none>) => (await outcome).done;

test("the life of an issue: created, changed, left, closed, left closed, reopened, and never a second one", async () => {
  expect(await done(none())).toBe("none");
  expect(await done(drift("the role"))).toBe("created");
  expect(await done(drift("the role"))).toBe("unchanged");
  expect(await done(drift("the role and the rule"))).toBe("updated");
  expect(issues[0]).toMatchObject({ state: "open", title: "Drift in prod: something was changed outside Terraform" });
  expect(issues[0]?.body).toContain("the role and the rule");
  expect(await done(none())).toBe("closed");
  expect(issues[0]).toMatchObject({ state: "closed", state_reason: "completed" });
  expect(await done(none())).toBe("none");
  expect(await done(drift("the alarm"))).toBe("reopened");
  expect(issues).toHaveLength(1);
  expect(issues[0]).toMatchObject({ state: "open", body: expect.stringContaining("the alarm") });
  expect(comments).toEqual([
    "prod is as Terraform has it again.",
    "prod has drifted again ([the check](https://example.org/run)).",
  ]);
});

test("each environment has its own, also if one's name begins with the other's", async () => {
  await drift("a", "prod");
  await drift("b", "prod2");
  expect(await done(none("prod"))).toBe("closed");
  expect(issues.map(({ state }) => state)).toEqual(["closed", "open"]);
});

test("issues of people and pull requests are never taken for it", async () => {
  issues.push(issue({ creator: "mallory", body: markedBody("drift prod", "mine") }));
  issues.push(issue({ number: 2, body: markedBody("drift prod", "a pull request"), pull_request: {} }));
  expect(await done(none())).toBe("none");
  expect(await done(drift("real"))).toBe("created");
  expect(issues.slice(0, 2).map(({ state }) => state)).toEqual(["open", "open"]);
});

test("of several the open one is taken", async () => {
  issues.push(issue({ state: "closed", body: markedBody("drift prod", "newer") }));
  issues.push(issue({ number: 2, body: markedBody("drift prod", "older, open") }));
  expect(await done(none())).toBe("closed");
  expect(issues[1]?.state).toBe("closed");
});
