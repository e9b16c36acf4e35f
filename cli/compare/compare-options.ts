import { Command, InvalidArgumentError } from "commander";
import { type Duration, durationToMs, SECOND_MS } from "../../schedule/duration";

/** What `npm run compare` was asked for. */
export interface CompareOptions {
  readonly interval: Duration;
  /** Whether to print JSON. */
  readonly json: boolean;
}

const LONGEST_MS = 24 * 60 * 60 * SECOND_MS;

/**
 * Reads the command line of `npm run compare`.
 *
 * @throws CommanderError for a wrong one, and for `--help`, after it has been printed.
 */
export function readCompareOptions(args: readonly string[]): CompareOptions {
  return new Command("npm run compare --")
    .description("The strategies side by side for one interval: precision, cost a month, what goes wrong, limits.")
    .option("--interval <duration>", "distance of two ticks, such as 10s, 45s or 5m", interval, "10s")
    .option("--json", "print JSON, with each line of the cost", false)
    .helpOption("--help", "print this")
    .allowExcessArguments(false)
    .exitOverride()
    .parse(args, { from: "user" })
    .opts();
}

function interval(text: string): string {
  const ms = durationToMs(text);
  if (!ms || ms > LONGEST_MS) {
    throw new InvalidArgumentError('Write whole seconds, minutes or hours from 1s to 24h, like "10s", "5m" or "1h".');
  }
  return text;
}
