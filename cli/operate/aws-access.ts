import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Environment } from "../../config/environment";
import { type EmulatorCredentials, emulatorCredentials } from "../../emulator/access-key";
import { runningEmulator } from "../../emulator/emulator";
import { LOCAL } from "../start/session";

/** What a client of the SDK is made with to reach a deployed environment. */
export interface AwsAccess {
  readonly region: string;
  /** The URL of the embedded AWS. @default AWS */
  readonly endpoint?: string;
  /** Of the embedded AWS. @default the caller's, as the SDK finds them */
  readonly credentials?: EmulatorCredentials;
}

/** How an environment is reached: in the account that the credentials are for or, for `local`, in the embedded AWS that runs. */
export async function awsAccess({ environment, region, endpoint: configured }: Environment): Promise<AwsAccess> {
  const emulator = environment === LOCAL ? await runningEmulator() : undefined;
  const endpoint = emulator?.endpoint ?? configured;
  return endpoint === undefined ? { region } : { region, endpoint, credentials: emulatorCredentials(endpoint) };
}

/**
 * The ARN by which AWS knows the caller.
 *
 * @throws Error with a remedy if the credentials are none, or of another account than the environment's.
 */
export async function callerOf({ environment, account }: Environment, access: AwsAccess): Promise<string> {
  const { Account, Arn = "" } = await new STSClient({ ...access, maxAttempts: 2 })
    .send(new GetCallerIdentityCommand({}))
    .catch((error: unknown) => {
      throw accessFailure(environment, access, error);
    });
  if (Account !== account) {
    throw new Error(
      `${environment} is in account ${account}, and the credentials are of ${Account}. Set AWS_PROFILE, or log in, with credentials of ${account}.`,
    );
  }
  return Arn;
}

/** Why AWS did not do what it was asked for, with a remedy. @param needs the action and its resource, if it was refused. */
export function accessFailure(environment: string, { endpoint }: AwsAccess, error: unknown, needs?: string): Error {
  const { name = "", code = "", message = String(error) } = error as { name?: string; code?: string; message?: string };
  const fail = (text: string) => new Error(`${environment}: ${text}`, { cause: error });
  if (endpoint !== undefined && /ECONNREFUSED|ECONNRESET|ETIMEDOUT|TimeoutError/.test(`${code} ${name} ${message}`)) {
    return fail("no embedded AWS answers. Start one and leave it running: npm start -- --keep");
  }
  if (/AccessDenied|Unauthorized/.test(name)) return fail(`${message}.${needs ? ` It takes ${needs}.` : ""}`);
  if (/Credentials|ExpiredToken|UnrecognizedClient|InvalidClientToken/.test(name)) {
    return fail(`${message}. Set AWS_PROFILE, or log in, with credentials of the environment's account.`);
  }
  return fail(message);
}
