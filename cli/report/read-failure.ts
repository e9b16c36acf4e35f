import type { ScheduleTiming, Span } from "../../schedule/outcome";
import { LogsMissingError } from "./log-reader";

/** From this many ticks on `ticks.jsonl` is written only on request. */
const MANY_TICKS = 50_000;

/** Whether a span has so many records that a file of them is written only on request. */
export function isLong(schedules: readonly Pick<ScheduleTiming, "intervalMs">[], { from, to }: Span): boolean {
  return schedules.reduce((sum, { intervalMs }) => sum + (to - from) / intervalMs, 0) > MANY_TICKS;
}

/**
 * Why logs could not be read, with its remedy.
 *
 * @param observed the name of what was read.
 */
export function readFailure(error: unknown, observed: string): Error {
  const problem = problemOf(error, observed.includes("embedded AWS"));
  if (problem) return new Error(`${observed}: ${problem}`, { cause: error });
  return error instanceof Error ? error : new Error(String((error as { message?: string }).message ?? error));
}

function problemOf(error: unknown, isEmbedded: boolean): string | undefined {
  const { name = "", code = "", message = String(error) } = error as { name?: string; code?: string; message?: string };
  if (error instanceof LogsMissingError) {
    return `${message}. Deploy the environment, or check that the credentials (AWS_PROFILE) are those of its account.`;
  }
  if (isEmbedded && /ECONNREFUSED|ECONNRESET|ETIMEDOUT|TimeoutError/.test(`${code} ${name} ${message}`)) {
    return "no embedded AWS answers. Start one and leave it running: npm start -- --keep";
  }
  if (/AccessDenied|Unauthorized/.test(name)) {
    return `${message}. Reporting needs logs:FilterLogEvents and logs:DescribeLogGroups on /aws/lambda/metronome-*.`;
  }
  if (/Credentials|ExpiredToken|UnrecognizedClient|InvalidClientToken/.test(name)) {
    return `${message}. Set AWS_PROFILE, or log in, with credentials of the environment's account.`;
  }
  return undefined;
}
