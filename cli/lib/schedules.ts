import type { Environment } from "../../config/environment";
import { UsageError } from "./exit";

/** Most schedules that the message about an unknown one names. */
const NAMED = 20;

/** Checks that an environment has a schedule of this name. @throws UsageError which names those that it has. */
export function checkSchedule({ environment, schedules }: Environment, name: string): void {
  if (schedules.some((one) => one.name === name)) return;
  const named = schedules.slice(0, NAMED).map((one) => one.name);
  const others = schedules.length - named.length;
  const more = others > 0 ? `, or one of ${others} ${others === 1 ? "other" : "others"}` : "";
  throw new UsageError(
    `${JSON.stringify(name)} is not a schedule of ${environment}. Write ${named.length > 1 ? "one of " : ""}${named.join(", ")}${more}.`,
  );
}
