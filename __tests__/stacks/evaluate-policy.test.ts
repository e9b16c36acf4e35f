import { evaluatePolicy } from "./evaluate-policy";

const ARN = "arn:aws:sns:eu-central-1:111111111111:metronome-dev-clock";
const REQUEST = { action: "sns:Publish", resource: ARN };

const VARIABLE = "$" + "{aws:username}";

const policy = (fields: object = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["sns:Publish"], Resource: [ARN], ...fields }],
});

/** What a condition comes to, given the value of the key `k`; undefined for a request without it. */
function meets(operator: string, wanted: unknown, value?: string): boolean {
  const Condition = { [operator]: { "aws:K": wanted } };
  const context: Record<string, string> = value === undefined ? {} : { "aws:k": value };
  return evaluatePolicy(policy({ Condition }), { ...REQUEST, context }) === "Allow";
}

test.each([
  ["its action", { Action: "sns:Publish" }, "Allow"],
  ["its action in another case", { Action: "SNS:publish" }, "Allow"],
  ["a family of actions", { Action: "sns:Pub*" }, "Allow"],
  ["another action", { Action: ["sns:Subscribe"] }, "nothing"],
  ["every action", { Action: "*" }, "Allow"],
  ["every resource", { Resource: "*" }, "Allow"],
  ["its name's begin", { Resource: ARN.replace(/-clock$/, "-*") }, "Allow"],
  ["one character of any kind", { Resource: ARN.replace("dev", "d?v") }, "Allow"],
  ["a resource in another case", { Resource: ARN.toUpperCase() }, "nothing"],
  ["a name that goes on", { Resource: `${ARN}s` }, "nothing"],
  ["a dot, which is no wildcard", { Resource: ARN.replace("dev", "d.v") }, "nothing"],
  ["every account", { Resource: ARN.replace("111111111111", "*") }, "Allow"],
  ["a wildcard over two parts of an ARN", { Resource: "arn:aws:sns:*:metronome-dev-clock" }, "nothing"],
  ["a denial", { Effect: "Deny" }, "Deny"],
  ["a denial of something else", { Effect: "Deny", Resource: `${ARN}s` }, "nothing"],
])("%s", (_what, fields, verdict) => {
  expect(evaluatePolicy(policy(fields), REQUEST)).toBe(verdict);
});

test("a denial goes before what another statement allows", () => {
  const [statement] = policy().Statement;
  expect(evaluatePolicy({ Statement: [{ ...statement, Effect: "Deny" }, statement] }, REQUEST)).toBe("Deny");
});

test.each([
  ["StringEquals", "a", { a: true, A: false, ab: false, none: false }],
  ["StringEquals", ["a", "ab"], { a: true, ab: true, b: false, none: false }],
  ["StringEqualsIfExists", "a", { a: true, b: false, none: true }],
  ["StringLike", "a*", { a: true, ab: true, b: false, none: false }],
  ["StringLikeIfExists", "a*", { ab: true, b: false, none: true }],
  ["ArnLike", "arn:aws:sns:*:1:a*", { "arn:aws:sns:r:1:ab": true, "arn:aws:sns:r:2:ab": false, none: false }],
  ["ArnLike", "*", { "arn:aws:sns:r:1:ab": true, "no arn": false }],
  ["Bool", "false", { false: true, true: false, none: false }],
  ["Null", "true", { any: false, none: true }],
  ["Null", "false", { any: true, none: false }],
] as const)("%s %j", (operator, wanted, values) => {
  const met = Object.keys(values).map((value) => [
    value,
    meets(operator, wanted, value === "none" ? undefined : value),
  ]);
  expect(Object.fromEntries(met)).toEqual(values);
});

test("all keys of all operators must be met", () => {
  const Condition = { StringEquals: { "aws:a": "1", "aws:b": "2" }, Null: { "aws:c": "true" } };
  const verdict = (context: Record<string, string>) => evaluatePolicy(policy({ Condition }), { ...REQUEST, context });
  expect(verdict({ "aws:a": "1", "aws:b": "2" })).toBe("Allow");
  expect(verdict({ "aws:a": "1" })).toBe("nothing");
  expect(verdict({ "aws:a": "1", "aws:b": "2", "aws:c": "3" })).toBe("nothing");
});

test.each([
  ["an operator", { Condition: { NumericEquals: { k: "1" } } }, "NumericEquals"],
  ["an operator over a set", { Condition: { "ForAnyValue:StringEquals": { k: "1" } } }, "ForAnyValue:StringEquals"],
  ["a variable", { Condition: { StringEquals: { k: VARIABLE } } }, "variable"],
  ["a variable in a resource", { Resource: `arn:aws:s3:::a/${VARIABLE}` }, "variable"],
  ["what a policy turns round", { NotAction: ["sns:Publish"] }, "NotAction"],
  ["a principal", { Principal: "*" }, "Principal"],
  ["a value that is no text", { Condition: { Bool: { k: true } } }, "not a text"],
  ["Null with another value than true and false", { Condition: { Null: { k: "yes" } } }, "neither"],
  ["an effect", { Effect: "allow" }, "effect"],
])(
  "it refuses to evaluate %s that it does not know, also of a statement about something else",
  (_what, fields, said) => {
    expect(() => evaluatePolicy(policy(fields), REQUEST)).toThrow(said);
    expect(() => evaluatePolicy(policy(fields), { ...REQUEST, action: "iam:CreateRole" })).toThrow(said);
  },
);
