import { emulatorCredentials } from "./access-key";

/** Variables of a process. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a process that works on the embedded AWS: without any real AWS setting (credentials, profile,
 * configuration files, role, endpoint), with the credentials of the embedded AWS in their place.
 *
 * @param endpoint the URL of the embedded AWS.
 */
export function emulatorEnvironment(env: ProcessEnvironment, endpoint: string): Record<string, string> {
  const { accessKeyId, secretAccessKey } = emulatorCredentials(endpoint);
  return {
    ...withoutAws(env),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}

/** An environment without its AWS settings. */
export function withoutAws(env: ProcessEnvironment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => !entry[0].startsWith("AWS_") && entry[1] !== undefined,
    ),
  );
}
