import { ConfigError, parseEnvironments } from "../../config/parse";

/** The problems `parseEnvironments` finds in anything that could stand in the file, without types to protect it. */
export function problemsOf(environments: unknown): readonly string[] {
  try {
    parseEnvironments(environments as never);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}
