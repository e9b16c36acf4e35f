import { environments } from "../../config/environments";
import { UsageError } from "./exit";

/**
 * Checks that all names are environments of the configuration.
 *
 * @throws UsageError which names the environments of the configuration.
 */
export function checkEnvironments(names: readonly string[]): void {
  const unknown = [...new Set(names)].filter((name) => !Object.hasOwn(environments, name));
  if (unknown.length === 0) return;
  const which = unknown.map((name) => JSON.stringify(name)).join(", ");
  throw new UsageError(
    `${which} ${unknown.length === 1 ? "is not an environment" : "are not environments"} of config/environments.ts. Write one of ${Object.keys(environments).join(", ")}.`,
  );
}
