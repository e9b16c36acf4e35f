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
  if (error instanceof LogsMissingError) {
    return new Error(
      `${observed}: ${error.message}. Deploy the environment, or check that the credentials (AWS_PROFILE) are those of its account.`,
      { cause: error },
    );
  }
  const { name = "", code = "", message = String(error) } = error as { name?: string; code?: string; message?: string };
  const isEmbedded = observed.includes("embedded AWS");
  if (isEmbedded && /ECONNREFUSED|ECONNRESET|ETIMEDOUT|TimeoutError/.test(`${code} ${name} ${message}`)) {
    return new Error(`${observed}: no embedded AWS answers. Start one and leave it running: npm start -- --keep`, {
      cause: error,
    });
  }
  if (/AccessDenied|Unauthorized/.test(name)) {
    return new Error(
      `${observed}: ${message}. Reporting needs logs:FilterLogEvents and logs:DescribeLogGroups on /aws/lambda/metronome-*.`,
      { cause: error },
    );
  }
  if (/Credentials|ExpiredToken|UnrecognizedClient|InvalidClientToken/.test(name)) {
    return new Error(
      `${observed}: ${message}. Set AWS_PROFILE, or log in, with credentials of the environment's account.`,
      {
        cause: error,
      },
    );
  }
  return error instanceof Error ? error : new Error(message);
}
