import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Environment } from "../../config/environment";
import { type EmulatorCredentials, emulatorCredentials } from "../../emulator/access-key";
import { runningEmulator } from "../../emulator/emulator";
import { SECOND_MS } from "../../schedule/duration";
import { LOCAL } from "../start/session";

/** How far this machine's clock may be from that of AWS, in ms. An answer has whole seconds, and took some time. */
const CLOCKS_APART_MS = 5 * SECOND_MS;

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
 * @throws Error with a remedy if the credentials are none, or of another account than the environment's, or if this machine's
 *   clock differs from that of AWS: a pause ends by the functions' clocks, and is written by this one.
 */
export async function callerOf({ environment, account }: Environment, access: AwsAccess): Promise<string> {
  const client = new STSClient({ ...access, maxAttempts: 2 });
  let answered: { readonly date: string; readonly at: number } | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { date } = (result.response as { readonly headers?: Readonly<Record<string, string>> }).headers ?? {};
      if (date) answered = { date, at: Date.now() };
      return result;
    },
    { step: "deserialize" },
  );
  const { Account, Arn = "" } = await client.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    throw accessFailure(environment, access, error);
  });
  if (Account !== account) {
    throw new Error(
      `${environment} is in account ${account}, and the credentials are of ${Account}. Set AWS_PROFILE, or log in, with credentials of ${account}.`,
    );
  }
  const aheadMs = answered ? answered.at - Date.parse(answered.date) : 0;
  if (Math.abs(aheadMs) > CLOCKS_APART_MS) {
    const seconds = Math.round(Math.abs(aheadMs) / SECOND_MS);
    throw new Error(
      `${environment}: the clock of this machine is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} that of AWS. Set it, such as by NTP: instants are written by it.`,
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
