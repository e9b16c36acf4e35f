import { ConfigError, validate } from "../../config/validate";

/** The problems `validate` finds in anything that could stand in the file, without types to protect it. */
export function problemsOf(environments: unknown): readonly string[] {
  try {
    validate(environments as never);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}
