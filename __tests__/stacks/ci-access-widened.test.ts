import { list, type Statement } from "../template";
import { accessProblems } from "./access-checks";
import { type CiAccess, type CiRole, ciAccess } from "./ci-roles";

const access = ciAccess();

/** What a hand might do to a statement, each of which must not pass; undefined where there is nothing to do it to. */
const WIDENINGS: Readonly<Record<string, (statement: Statement) => Statement | undefined>> = {
  "all actions of its service": (statement) => ({
    ...statement,
    Action: [...list(statement.Action), `${list(statement.Action)[0]?.split(":")[0]}:*`],
  }),
  "a family of actions": (statement) => ({
    ...statement,
    Action: list(statement.Action).map((action, k) => (k === 0 ? action.replace(/(:[A-Z][a-z]+).*/, "$1*") : action)),
  }),
  "every resource": (statement) => (isWide(statement) ? undefined : { ...statement, Resource: ["*"] }),
  "every resource of its kind": (statement) =>
    replaceResources(statement, (arn) => arn.replace(/(metronome-|the-state-of-|mine|key\/).*$/, "*")),
  "all environments": (statement) => replaceResources(statement, (arn) => arn.replace("metronome-dev-", "metronome-")),
  "every account": (statement) => replaceResources(statement, (arn) => arn.replace(/:\d{12}:/, ":*:")),
  "no condition": ({ Condition, ...statement }) => (Condition ? statement : undefined),
};

const isWide = ({ Resource }: Statement) =>
  list(Resource).includes("*") || list(Resource).some((one) => one.endsWith(":alarm:*"));

function replaceResources(statement: Statement, replace: (arn: string) => string): Statement | undefined {
  const before = list(statement.Resource);
  const after = before.map(replace);
  return isWide(statement) || after.every((arn, k) => arn === before[k])
    ? undefined
    : { ...statement, Resource: after };
}

/** The same access, with one statement of one role's policy in another form. */
function withStatement(role: "plan" | "deploy", policy: string, index: number, statement: Statement): CiAccess {
  const { documents, ...rest } = access[role];
  const changed = {
    ...documents,
    [policy]: {
      Version: "2012-10-17",
      Statement: documents[policy]?.Statement.map((one, k) => (k === index ? statement : one)) ?? [],
    },
  };
  const widened: CiRole = { ...rest, documents: changed, policies: Object.values(changed) };
  return { ...access, [role]: widened };
}

async function firstProblem(of: CiAccess): Promise<string | undefined> {
  for await (const problem of accessProblems(of)) return problem;
  return undefined;
}

const STATEMENTS = (["plan", "deploy"] as const).flatMap((role) =>
  Object.entries(access[role].documents)
    .filter(([policy]) => role === "plan" || policy === "changes")
    .flatMap(([policy, { Statement }]) =>
      Statement.map((statement, k) => [role, policy, k, list(statement.Action)[0], statement] as const),
    ),
);

test("there are statements of both roles to widen", () => {
  expect(STATEMENTS.length).toBeGreaterThan(25);
});

describe.each(Object.entries(WIDENINGS))("widened to %s", (_name, widen) => {
  const widened = STATEMENTS.flatMap(([role, policy, k, action, statement]) => {
    const after = widen(statement);
    return after ? [[role, policy, k, action, after] as const] : [];
  });

  test.each(widened)(
    "the %s role's policy %s, statement %i (%s …): the checks find it",
    async (role, policy, k, _action, statement) => {
      expect(await firstProblem(withStatement(role, policy, k, statement))).toEqual(expect.any(String));
    },
    30_000,
  );
});

describe("an action too many", () => {
  test.each([
    ["plan", "reads", "lambda:UpdateFunctionCode", "arn:aws:lambda:eu-central-1:111111111111:function:metronome-dev-*"],
    ["plan", "reads", "s3:PutObject", "arn:aws:s3:::the-state-of-dev/metronome-dev/terraform.tfstate"],
    ["plan", "reads", "iam:TagRole", "arn:aws:iam::111111111111:role/metronome-dev-*"],
    ["deploy", "changes", "s3:PutBucketPolicy", "arn:aws:s3:::the-state-of-dev"],
    ["deploy", "changes", "s3:DeleteObject", "arn:aws:s3:::the-state-of-dev/metronome-dev/terraform.tfstate"],
    ["deploy", "changes", "iam:AttachRolePolicy", "arn:aws:iam::111111111111:role/metronome-dev-*"],
    ["deploy", "changes", "iam:DeleteRolePermissionsBoundary", "arn:aws:iam::111111111111:role/metronome-dev-*"],
    ["deploy", "changes", "iam:CreatePolicyVersion", "arn:aws:iam::111111111111:policy/metronome-ci-dev-boundary"],
  ] as const)("%s, %s: %s", async (role, policy, Action, Resource) => {
    const statement = { Effect: "Allow", Action: [Action], Resource: [Resource] };
    expect(await firstProblem(withStatement(role, policy, 0, statement))).toEqual(expect.any(String));
  });
});
