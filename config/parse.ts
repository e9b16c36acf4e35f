import type { z } from "zod";
import { asciiJson } from "../strategies/json-text";
import { draftsOf } from "./draft";
import { type Environment, resolveEnvironment } from "./environment";
import { problemsAcross } from "./rules";
import { type NamedFields, nameClashes, problemsAmong } from "./rules-among";
import { type Environments, environmentsSchema } from "./schema";

/** Most problems that a message lists: a mistake in code that makes schedules is made in each of them. */
const LISTED_PROBLEMS = 100;

/** A configuration that cannot be deployed. The message has one line per problem: path, value, limit, remedy. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    const more = problems.length - LISTED_PROBLEMS;
    const lines = [...problems.slice(0, LISTED_PROBLEMS), ...(more > 0 ? [`… and ${more} more`] : [])];
    super(
      `The configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`} (config/environments.ts):\n${lines.map((one) => `  ${one}`).join("\n")}`,
    );
  }
}

/**
 * Reads what a user wrote: checks every field of every environment, each on its own and together, and fills in the
 * defaults.
 *
 * @throws ConfigError with all problems at once.
 */
export function parseEnvironments(environments: Environments): Readonly<Record<string, Environment>> {
  const result = environmentsSchema.safeParse(environments);
  const issues = result.error?.issues ?? [];
  const isDescribed = overlapping(
    issues.filter(({ code }) => code !== "unrecognized_keys" && code !== "invalid_key").map(({ path }) => path),
  );
  const read = result.success ? named(result.data) : draftsOf(environments);
  const problems = [
    ...issues.map((issue) => describe(issue, environments)),
    ...read.flatMap(({ name, fields }) =>
      problemsAcross(fields)
        .map(({ path, message }) => ({ path: [name, ...path], message }))
        // A field that is wrong on its own, or has a part that is, was described above.
        .filter(({ path }) => !isDescribed(path))
        .map(({ path, message }) => line(path, message, environments)),
    ),
    ...nameClashes(read),
    ...problemsAmong(read).map(({ path, message }) => line(path, message, environments)),
  ];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(read.map(({ name, fields }) => [name, resolveEnvironment(name, fields)]));
}

function named(environments: z.output<typeof environmentsSchema>): NamedFields[] {
  return Object.entries(environments).map(([name, fields]) => ({ name, fields }));
}

/** Tells whether a path leads to one of some others, or beyond it. It takes no longer if they are many. */
function overlapping(others: readonly (readonly PropertyKey[])[]): (path: readonly PropertyKey[]) => boolean {
  const text = (path: readonly PropertyKey[]) => JSON.stringify(path.map(String));
  const beginnings = (path: readonly PropertyKey[]) => ["[]", ...path.map((_, k) => text(path.slice(0, k + 1)))];
  const ends = new Set(others.map(text));
  const ways = new Set(others.flatMap(beginnings));
  return (path) => ways.has(text(path)) || beginnings(path).some((one) => ends.has(one));
}

function describe(issue: z.core.$ZodIssue, environments: Environments): string {
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => `"${key}"`).join(", ");
    return `${pathText(issue.path, environments)}: ${keys} is not a field here. Remove it, or correct its spelling (config/schema.ts lists the fields).`;
  }
  if (issue.code === "invalid_key") {
    const name = String(issue.path.at(-1));
    return `${pathText(issue.path.slice(0, -1), environments)}: ${JSON.stringify(name)} ${issue.issues[0]?.message}`;
  }
  return line(issue.path, issue.message, environments);
}

/** `dev.schedules[0].interval: "0s" is not …` */
function line(path: readonly PropertyKey[], message: string, environments: Environments): string {
  const value = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    environments,
  );
  // A terminal would obey a control character, and show a hidden one as nothing.
  const shown = asText(value).replace(/\p{C}/gu, asciiJson);
  return `${pathText(path, environments)}: ${shown.length > 80 ? `${shown.slice(0, 77)}…` : shown} ${message}`;
}

/** A value as the file has it, also one that JSON cannot carry. */
function asText(value: unknown): string {
  if (value === undefined) return "a missing value";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "function") return String(value);
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
}

/** Schedules of an environment up to which a person finds one by its number. */
const COUNTED_SCHEDULES = 20;

/** The place of a value: `dev.schedules[0].interval`, with the schedule's name if there are many. */
function pathText(path: readonly PropertyKey[], environments: Environments): string {
  if (path.length === 0) return "environments";
  const [environment = "", field, number] = path;
  const schedules = environments?.[String(environment)]?.schedules;
  const many = field === "schedules" && Array.isArray(schedules) && schedules.length > COUNTED_SCHEDULES;
  const name =
    many && typeof number === "number" ? (schedules[number] as { name?: unknown } | undefined)?.name : undefined;
  return path
    .map((key, k) => {
      if (typeof key !== "number") return `${k > 0 ? "." : ""}${String(key)}`;
      return k === 2 && typeof name === "string" ? `[${key}] (${name.replace(/\p{C}/gu, asciiJson)})` : `[${key}]`;
    })
    .join("");
}
