import { z } from "zod";
import type { Settings } from "../schedule/clock";
import { findStrategy } from "../strategies";
import type { NamedFields } from "./rules-among";
import { LONGEST_INTERVAL_MS, scheduleFields, target } from "./schedule-schema";
import { type EnvironmentFields, environmentFields, monitoringFields } from "./schema";

/** Stands for a strategy that cannot be read; no strategy has this kind. */
const UNREADABLE: Settings = { kind: "" };

/** Fields of which a wrong one becomes its stand-in, or undefined, so that rules across fields see the others. */
const lenient = (shape: z.ZodRawShape, standIns: Readonly<Record<string, unknown>>) =>
  z.object(
    Object.fromEntries(Object.entries(shape).map(([key, field]) => [key, (field as z.ZodType).catch(standIns[key])])),
  );

/** A day breaks no rule of another field: every phase is below it. */
const schedule = lenient(
  { ...scheduleFields, targets: z.array(target.catch("")).optional() },
  { name: "", interval: LONGEST_INTERVAL_MS, phase: 0, payload: {}, lead: 0, overdue: "skip", enabled: true },
);

const draft = lenient(
  {
    ...environmentFields,
    strategy: z.unknown().transform(readableSettings),
    retiring: z.unknown().transform(readableSettings).optional(),
    schedules: z.array(schedule.catch(schedule.parse({}))),
    monitoring: lenient(monitoringFields, { metrics: "total", queries: true }).prefault({}),
  },
  {
    account: "",
    region: "",
    schedules: [],
    enabled: true,
    topicKeyArns: [],
    targetPatterns: [],
    backend: { bucket: "" },
    monitoring: { metrics: "total" },
  },
);

/** Settings without the fields that are wrong, which have their defaults. */
function readableSettings(value: unknown): Settings {
  const schema = findStrategy((value as Settings | null | undefined)?.kind)?.schema;
  const first = schema?.safeParse(value);
  if (!first || first.success) return first?.data ?? UNREADABLE;
  const wrong = first.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0])],
  );
  const others = Object.entries(value as object).filter(([key]) => !wrong.includes(key));
  return schema?.safeParse(Object.fromEntries(others)).data ?? UNREADABLE;
}

/**
 * What can be read of environments whose fields are wrong in part, with stand-ins for these: an empty name, account,
 * region, bucket or target, a day as the interval, a strategy of no kind. What is no environment at all is left out.
 */
export function draftsOf(environments: unknown): NamedFields[] {
  return Object.entries(environments ?? {}).flatMap(([name, environment]) => {
    const fields = draft.safeParse(environment).data as EnvironmentFields | undefined;
    return fields ? [{ name, fields }] : [];
  });
}
