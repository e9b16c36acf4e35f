import { z } from "zod";
import { ConfigError } from "./parse";
import type { Environments } from "./schema";

/** Fields of one environment that a command sets for its own runs, in place of the file's. */
const overridesSchema = z.strictObject({ environment: z.string(), fields: z.record(z.string(), z.unknown()) });

/** The variable that carries overrides to `main.ts`: the scripts set it for the embedded AWS; people edit the file. */
export const OVERRIDES_VARIABLE = "METRONOME_OVERRIDES";

/**
 * The environments with the overrides of one of them. Only an environment with an `endpoint` (an embedded AWS) can be
 * overridden: what is deployed to AWS is in the file, which is reviewed.
 *
 * @param json text of `{ "environment": "local", "fields": { … } }`; undefined or empty for none.
 * @throws ConfigError if the text is not that, or the environment has no endpoint.
 */
export function withOverrides(environments: Environments, json: string | undefined): Environments {
  if (!json) return environments;
  const { environment, fields } = parse(json);
  const original = environments[environment];
  if (!original?.endpoint) {
    throw new ConfigError([
      `${OVERRIDES_VARIABLE}: "${environment}" is not an environment with an endpoint, and no other can be overridden. Edit config/environments.ts instead.`,
    ]);
  }
  return { ...environments, [environment]: { ...original, ...fields, account: original.account } };
}

function parse(json: string): z.infer<typeof overridesSchema> {
  try {
    return overridesSchema.parse(JSON.parse(json));
  } catch {
    throw new ConfigError([
      `${OVERRIDES_VARIABLE}: ${JSON.stringify(json.slice(0, 80))} is not { "environment": …, "fields": {…} } as JSON. Unset it: only the project's own commands set it.`,
    ]);
  }
}
