import { realpathSync } from "node:fs";
import { resolve, sep } from "node:path";

/** How the access keys of the embedded AWS begin. */
const KEY_BEGINS = "METRONOME";

/** The variable without which the archive stub does not work. */
const STUB_VARIABLE = "METRONOME_ARCHIVE_STAND_IN";

/** The variables that name Terraform's CLI configuration, which says where providers come from. */
const CONFIG_VARIABLES = ["TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG"];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The variables that `npm start -- --keep` prints for a shell and that must not reach an environment on AWS: with them
 * Terraform would take this project's archive stub for the provider, and send the embedded AWS's key to AWS.
 *
 * @returns their names; none in a shell without them.
 */
export function embeddedSettings(env: Variables): string[] {
  return [
    ...(env[STUB_VARIABLE] ? [STUB_VARIABLE] : []),
    ...CONFIG_VARIABLES.filter((name) => isOfWorkDirectory(env[name])),
    ...(env.AWS_ACCESS_KEY_ID?.startsWith(KEY_BEGINS) ? ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] : []),
  ];
}

/** @throws Error if this shell has variables of the embedded AWS; the environment is on AWS. */
export function refuseEmbeddedSettings(environment: string, env: Variables): void {
  const names = embeddedSettings(env);
  if (names.length === 0) return;
  throw new Error(
    `"${environment}" is on AWS, and this shell has the variables that npm start -- --keep printed for the embedded AWS. ` +
      `Use another shell, or run: unset ${names.join(" ")}`,
  );
}

/** Whether a file is in the work directory `.metronome` of this checkout or of another one. */
function isOfWorkDirectory(file: string | undefined): boolean {
  if (!file) return false;
  return [resolve(file), realPath(file)].some((path) => path.split(sep).includes(".metronome"));
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}
