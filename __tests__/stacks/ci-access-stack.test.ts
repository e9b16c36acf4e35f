import type { StrategyConfig } from "../../config/schema";
import { LONGEST_ENVIRONMENT_NAME } from "../../config/schema";
import { environment, KEY, schedule } from "../config/examples";
import { problemsOf } from "../config/problems";
import { CI, ciAccess, PROVIDER, withCi } from "./ci-roles";

const { template } = ciAccess();

test("its names are none that the deploy role manages", () => {
  const names = [
    ...Object.values(template.resources("aws_iam_role")),
    ...Object.values(template.resources("aws_iam_policy")),
  ].map(({ name }) => name);
  expect(names.sort()).toEqual([
    "metronome-ci-dev-boundary",
    "metronome-ci-dev-deploy",
    "metronome-ci-dev-plan",
    "metronome-ci-dev-reads",
    "metronome-ci-dev-state",
  ]);
  for (const name of names) expect(name).not.toMatch(/^metronome-dev-/);
});

test("its state is in the environment's bucket, under a key of its own", () => {
  expect(template.json.terraform.backend).toEqual({
    s3: expect.objectContaining({
      bucket: "the-state-of-dev",
      key: "metronome-ci-dev/terraform.tfstate",
      use_lockfile: true,
      kms_key_id: KEY,
    }),
  });
});

test("it tells the roles' ARNs, for the workflows", () => {
  const { output } = template.json as unknown as { output: Record<string, { value: string }> };
  expect(Object.fromEntries(Object.entries(output).map(([name, { value }]) => [name, value]))).toEqual({
    "plan-role-arn": "${" + "aws_iam_role.plan-role.arn}",
    "deploy-role-arn": "${" + "aws_iam_role.deploy-role.arn}",
  });
});

test("both roles have what planning reads, and the deploy role alone the changes", () => {
  const attached = Object.values(template.resources("aws_iam_role_policy_attachment"));
  expect(attached.map(({ role, policy_arn }) => [role, policy_arn])).toEqual(
    ["deploy", "plan"].flatMap((role) =>
      ["reads", "state"].map((policy) => [`\${aws_iam_role.${role}-role.name}`, `\${aws_iam_policy.${policy}.arn}`]),
    ),
  );
  expect(template.resource("aws_iam_role_policy")).toMatchObject({
    name: "changes",
    role: "${" + "aws_iam_role.deploy-role.name}",
  });
});

test("no address has the environment's name", () => {
  expect(ciAccess(withCi(), "prod-eu").template.addresses()).toEqual(template.addresses());
});

/** The longest of everything that the policies name. */
const LONGEST = "e".repeat(LONGEST_ENVIRONMENT_NAME);
function functions(count: number): string[] {
  return Array.from(
    { length: count },
    (_, k) => `arn:aws:lambda:ap-southeast-2:111111111111:function:${"f".repeat(60)}-${k}`,
  );
}
const atTheLimit = (count: number) =>
  withCi({
    strategy: { kind: "lambda-clock" },
    region: "ap-southeast-2",
    encryption: { functions: KEY.replace("eu-central-1", "ap-southeast-2") },
    ci: {
      ...CI,
      oidcProviderArn: PROVIDER,
      repository: `${"o".repeat(39)}/${"r".repeat(100)}`,
      branch: "b".repeat(100),
    },
    backend: { bucket: "b".repeat(63), kmsKeyId: KEY.replace("eu-central-1", "ap-southeast-2") },
    schedules: [schedule({ targets: functions(count) })],
  });

test("policies and names fit IAM's limits, also with the longest names and the most targets", () => {
  const counts = Array.from({ length: 50 }, (_, k) => k + 1);
  const most = Math.max(...counts.filter((count) => problemsOf({ [LONGEST]: atTheLimit(count) }).length === 0));
  expect(most).toBeGreaterThan(15);
  const access = ciAccess(atTheLimit(most), LONGEST);
  // IAM counts no white space, and these have none but in values.
  for (const { name, policy } of Object.values(access.template.resources("aws_iam_policy"))) {
    expect([name, String(policy).length <= 6_144]).toEqual([name, true]);
  }
  const own = Object.values(access.template.resources("aws_iam_role_policy")).map(({ policy }) => String(policy));
  expect(own.join("").length).toBeLessThanOrEqual(10_240);
  const roles = Object.values(access.template.resources("aws_iam_role"));
  for (const { name, assume_role_policy } of roles) {
    expect([name, String(name).length <= 64]).toEqual([name, true]);
    expect([name, String(assume_role_policy).length <= 2_048]).toEqual([name, true]);
  }
});

describe("what the configuration cannot say", () => {
  const FOREIGN = PROVIDER.replace("111111111111", "222222222222");

  test("another account's provider", () => {
    expect(problemsOf({ dev: environment({ ci: { ...CI, oidcProviderArn: FOREIGN } }) })).toEqual([
      `dev.ci.oidcProviderArn: "${FOREIGN}" is not in this environment's account, 111111111111, and a role trusts its own account's provider only. Write that one's ARN, or leave it out to have it created.`,
    ]);
  });

  test("two environments that create the provider of one account", () => {
    const test = environment({ ci: CI, backend: { bucket: "another" } });
    expect(problemsOf({ dev: environment({ ci: CI }), test })).toEqual([
      `test.ci: {"repository":"an-owner/a-repository","ownerId":"1234","repositoryId":"5678"} would create the account's OIDC provider for GitHub, as "dev" does, and an account can have only one. Write oidcProviderArn: "${PROVIDER}" here.`,
    ]);
    expect(
      problemsOf({ dev: environment({ ci: CI }), test: { ...test, ci: { ...CI, oidcProviderArn: PROVIDER } } }),
    ).toEqual([]);
    expect(problemsOf({ dev: environment({ ci: CI }), test: { ...test, account: "222222222222" } })).toEqual([]);
  });

  test("nothing of functions that only the clock invokes, however many: the roles then name none", () => {
    const many = functions(40).map((arn) => arn.replace("ap-southeast-2", "eu-central-1"));
    const named = (strategy: StrategyConfig, count: number) =>
      JSON.stringify(
        ciAccess(withCi({ strategy, schedules: [schedule({ targets: many.slice(0, count) })] })).deploy.documents,
      ).includes(many[0] as string);
    expect(problemsOf({ dev: withCi({ schedules: [schedule({ targets: many })] }) })).toEqual([]);
    expect(named({ kind: "sqs-delay" }, 40)).toBe(false);
    expect(named({ kind: "sqs-delay" }, 10)).toBe(true);
    expect(named({ kind: "lambda-clock" }, 10)).toBe(true);
  });

  test("more functions than the roles can name", () => {
    const [problem, ...others] = problemsOf({
      dev: withCi({
        strategy: { kind: "lambda-clock" },
        schedules: [schedule({ targets: functions(40).map((arn) => arn.replace("ap-southeast-2", "eu-central-1")) })],
      }),
    });
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /^dev\.schedules: .*name functions whose ARNs take \d+ bytes.*Name a topic, and subscribe the functions to it, or take a strategy that invokes them itself\.$/,
    );
  });
});
