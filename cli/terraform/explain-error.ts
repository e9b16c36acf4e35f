/** What an error is explained with. */
export interface ErrorContext {
  /** Name of the environment. */
  readonly environment: string;
  readonly stack: string;
  /** The AWS account that the environment is for. */
  readonly account: string;
  /** Where its state is. */
  readonly bucket: string;
  /** Whether it is on the embedded AWS. */
  readonly embedded: boolean;
}

type Explain = (text: string, context: ErrorContext, lines: readonly string[]) => string | undefined;

/** From the particular to the general: the first that knows the error explains it. */
const EXPLANATIONS: readonly Explain[] = [
  lockedState,
  stalePlan,
  missingBucket,
  wrongAccount,
  expiredCredentials,
  missingCredentials,
  notAllowed,
  lockFile,
  noRegistry,
  noConnection,
];

/** Longest excerpt of an error that nothing here knows. */
const MOST_LINES = 25;
/** Longest line of such an excerpt, in characters. */
const LONGEST_LINE = 400;

/**
 * One clear message for what Terraform failed with: what is wrong, and what to do.
 *
 * @param output Terraform's lines, without colours.
 * @returns the explanation; for an error that is not known, Terraform's own words, without the lines it quotes of the
 *   configuration, which may hold what is nobody's business.
 */
export function explainError(output: readonly string[], context: ErrorContext): string {
  const lines = output.map((line) => line.replace(/^[╷│╵]\s?/, "").trimEnd());
  // Terraform breaks lines anywhere between words.
  const text = lines.join(" ").replace(/\s+/g, " ");
  for (const explain of EXPLANATIONS) {
    const explanation = explain(text, context, lines);
    if (explanation) return explanation;
  }
  return ownWords(lines, context);
}

function lockedState(text: string, { environment }: ErrorContext, lines: readonly string[]) {
  if (!text.includes("Error acquiring the state lock")) return undefined;
  const field = (name: string) => {
    const line = lines.find((candidate) => candidate.trim().startsWith(`${name}:`));
    return line?.slice(line.indexOf(":") + 1).trim() || undefined;
  };
  const id = field("ID");
  if (!id) {
    return `The state of "${environment}" could not be locked, and Terraform does not say by whom it is held. Wait for other runs to end, and try again.`;
  }
  const who = field("Who") ?? "somebody";
  const since = field("Created")?.replace(/(\d\d:\d\d:\d\d)\.\d+ \+0000 UTC$/, "$1 UTC") ?? "an unknown time";
  const what = field("Operation")
    ?.replace(/^OperationType/, "")
    .toLowerCase();
  return [
    `The state of "${environment}" is locked by ${who} since ${since}${what ? ` (${what})` : ""}. Lock id: ${id}`,
    "If that run is still going, wait for it to end. If it was killed, nobody will release its lock: make sure that it no",
    "longer runs, for two at once would damage the state, then release the lock and run this command again:",
    `  npx metronome state unlock ${environment} ${id}`,
    "docs/state.md says how to go on after a deploy that was killed.",
  ].join("\n");
}

function stalePlan(text: string, { environment }: ErrorContext) {
  return text.includes("Saved plan is stale") || text.includes("Saved plan does not match the given state")
    ? `The state of "${environment}" moved on since this plan. Another deploy came between, or this bundle has been applied: plan again.`
    : undefined;
}

function missingBucket(text: string, { environment, bucket, stack }: ErrorContext) {
  if (!/S3 bucket "[^"]*" does not exist|NoSuchBucket/.test(text)) return undefined;
  const stateStack = stack.replace(/^metronome-/, "metronome-state-");
  return `The bucket of the state, "${bucket}", does not exist. Is backend.bucket of "${environment}" in config/environments.ts right? If the account is new, its stack ${stateStack} creates the bucket: docs/operations.md, "First deployment to a new account".`;
}

function wrongAccount(text: string, { environment, account }: ErrorContext) {
  const found = /AWS account ID not allowed: (\d+)/.exec(text)?.[1];
  return found
    ? `These credentials are for the AWS account ${found}, and "${environment}" is for ${account}. Use that account's credentials (AWS_PROFILE, or the role of CI), or correct "account" in config/environments.ts.`
    : undefined;
}

function expiredCredentials(text: string, { environment, account }: ErrorContext) {
  const expired =
    /ExpiredToken|RequestExpired|security token included in the request is expired|SSO session .*expired/i;
  return expired.test(text)
    ? `The AWS credentials have expired. Sign in to the account ${account} again (such as by aws sso login), and repeat the command for "${environment}".`
    : undefined;
}

function missingCredentials(text: string, { environment, account }: ErrorContext) {
  if (/No valid credential sources found|failed to refresh cached credentials|NoCredentialProviders/.test(text)) {
    return `There are no AWS credentials for "${environment}". Set AWS_PROFILE, or sign in to the account ${account}; in CI, let the job take its role first.`;
  }
  return /InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClientException|AuthFailure/.test(text)
    ? `AWS does not know these credentials: "${environment}" needs those of the account ${account}. Check AWS_PROFILE and the AWS_… variables.`
    : undefined;
}

function notAllowed(text: string, { environment }: ErrorContext) {
  const refused = /\b(User: \S+ is not authorized to perform: \S+( on resource: \S+)?)/.exec(text)?.[1];
  if (refused)
    return `AWS refuses what "${environment}" needs: ${refused}. Give the role that action, or use another role.`;
  return /AccessDenied|Forbidden|StatusCode: 403/.test(text)
    ? `AWS refuses these credentials what "${environment}" needs: ${errorLine(text)} Use a role that is allowed to do it.`
    : undefined;
}

function lockFile(text: string, { environment, stack }: ErrorContext) {
  return /Inconsistent dependency lock file|Provider dependency changes detected|doesn't match any of the checksums|do not match any of the checksums/.test(
    text,
  )
    ? `The providers are not those of the lock file (locks/${stack}.terraform.lock.hcl, or the one in the bundle). If their versions changed on purpose, or this platform is new: npx metronome lock ${environment}, commit the file, and plan again.`
    : undefined;
}

function noRegistry(text: string) {
  const reason = /(could not connect to \S+:|Failed to query available provider packages|Failed to install provider)/;
  return reason.test(text)
    ? `Terraform could not get its providers: ${errorLine(text)} Check the connection to the registry, or configure a mirror (provider_installation in the Terraform CLI configuration).`
    : undefined;
}

function noConnection(text: string, { environment, embedded }: ErrorContext) {
  if (!/connection refused|no such host|i\/o timeout|TLS handshake timeout|connection reset/.test(text))
    return undefined;
  return embedded
    ? `The embedded AWS of "${environment}" does not answer. It may have ended: unset METRONOME_OVERRIDES, or start it with npm start -- --keep.`
    : `AWS cannot be reached: ${errorLine(text)} Check the network, the proxy settings, and "region" of "${environment}" in config/environments.ts.`;
}

/** What follows the last `Error:`, in one line. */
function errorLine(text: string): string {
  const line = text.slice(text.lastIndexOf("Error: ") + "Error: ".length).trim();
  return `${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line.replace(/\.?$/, ".")}`;
}

function ownWords(lines: readonly string[], { environment }: ErrorContext): string {
  const from = lines.findIndex((line) => /\bError\b/.test(line));
  const words = (from === -1 ? lines.slice(-MOST_LINES) : lines.slice(from))
    .filter((line) => !/^\s*\d+: /.test(line))
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
    .join("\n")
    .trim();
  return `Terraform failed for "${environment}":\n${words}`;
}
