import type { IamRequest } from "./iam-request";

/** What IAM says by one policy alone: no statement that applies, or an Allow, or (stronger) a Deny. */
export type Verdict = "Allow" | "Deny" | "nothing";

/** The values of condition keys that a request has; a list for a key of several values. */
export type Circumstances = NonNullable<IamRequest["context"]>;

/** The members of a statement that are evaluated here. Any other (NotAction, NotResource, …) is refused. */
const MEMBERS = new Set(["Sid", "Effect", "Action", "Resource", "Condition"]);

/** The parts of a policy; a trust policy or a queue's also has principals, which the caller looks at. */
const PARTS = new Set(["Version", "Statement"]);

/** Whether a value meets one of an operator's values (IAM User Guide, "IAM JSON policy elements: Condition operators"). */
const COMPARE: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  StringEquals: (value, wanted) => value === wanted,
  StringLike: (value, wanted) => matches(value, wanted),
  ArnLike: (value, wanted) => isArn(value) && matchesArn(value, wanted),
  Bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
};

/**
 * What IAM says to a request by one policy. It knows what the project's policies are made of, and throws at the rest, so
 * that no statement is passed over unread.
 *
 * @param policy parsed; without principals.
 * @throws Error if the policy has a member, an operator or a form of a value that is not evaluated here.
 */
export function evaluatePolicy(policy: unknown, request: IamRequest): Verdict {
  const { Statement } = only(policy, PARTS);
  const verdicts = asList(Statement).map((statement) => evaluateStatement(statement, request));
  if (verdicts.includes("Deny")) return "Deny";
  return verdicts.includes("Allow") ? "Allow" : "nothing";
}

function evaluateStatement(statement: unknown, { action, resource, context = {} }: IamRequest): Verdict {
  const { Effect, Action, Resource, Condition = {} } = only(statement, MEMBERS);
  if (Effect !== "Allow" && Effect !== "Deny") throw new Error(`not an effect: ${JSON.stringify(Effect)}`);
  const named = texts(Action).some((pattern) => matches(action.toLowerCase(), pattern.toLowerCase()));
  const about = texts(Resource).some((pattern) => matchesArn(resource, pattern));
  // Read in any case: an operator that is not known here is an error, also if the statement is about something else.
  const met = conditionsMet(Condition, context);
  return named && about && met ? Effect : "nothing";
}

/** Whether all keys of all operators are met. */
function conditionsMet(condition: unknown, circumstances: Circumstances): boolean {
  const present = new Map(Object.entries(circumstances).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(condition as Record<string, Record<string, unknown>>)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, wanted]) => keyMet(operator, present.get(key.toLowerCase()), texts(wanted))),
    )
    .every(Boolean);
}

function keyMet(operator: string, value: string | undefined, wanted: readonly string[]): boolean {
  if (operator === "Null") return wanted.some((one) => flag(one) === (value === undefined));
  if (operator === "ForAllValues:StringEquals") return value === undefined || wanted.includes(value);
  const ifExists = operator.endsWith("IfExists");
  const compare = COMPARE[ifExists ? operator.slice(0, -"IfExists".length) : operator];
  if (!compare) throw new Error(`an operator that is not evaluated here: ${operator}`);
  if (value === undefined) return ifExists;
  return wanted.some((one) => compare(value, one));
}

function flag(value: string): boolean {
  if (value !== "true" && value !== "false") throw new Error(`neither true nor false: ${JSON.stringify(value)}`);
  return value === "true";
}

/** Whether a text is what a pattern says: `*` for any characters, `?` for one. */
function matches(text: string, pattern: string): boolean {
  const literal = (part: string) => part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal(pattern).replace(/\*/g, ".*").replace(/\?/g, ".")}$`, "s").test(text);
}

/** Whether a resource is what a pattern says. A wildcard of an ARN stays in its part: `arn:*:…` stands for no more than one. */
function matchesArn(resource: string, pattern: string): boolean {
  if (pattern === "*") return true;
  const parts = partsOf(resource);
  const patterns = partsOf(pattern);
  return parts.length === patterns.length && patterns.every((one, k) => matches(parts[k] as string, one));
}

/** Partition, service, region, account, and the rest, which may have colons of its own. */
function partsOf(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(":")] : [])];
}

const isArn = (text: string) => partsOf(text).length === 6 && text.startsWith("arn:");

/** The members of an object, all of which are known. */
function only(value: unknown, known: ReadonlySet<string>): Record<string, unknown> {
  for (const key of Object.keys(value as object)) {
    if (!known.has(key)) throw new Error(`a member that is not evaluated here: ${key} in ${JSON.stringify(value)}`);
  }
  return value as Record<string, unknown>;
}

/** One or several texts. A variable of IAM would stand for what the request says, and none is in use. */
function texts(value: unknown): string[] {
  return asList(value).map((one) => {
    if (typeof one !== "string") throw new Error(`not a text: ${JSON.stringify(one)}`);
    if (one.includes("${")) throw new Error(`a variable, which is not evaluated here: ${one}`);
    return one;
  });
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
