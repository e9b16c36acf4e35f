import { SECOND_MS } from "../schedule/duration";
import { WAKE_LEAD_MS } from "../schedule/plan";

/**
 * What can be measured of AWS in the logs of a clock. Figures are in ms, except `firings`.
 *
 * - `firings`: firings of the rule in each clock minute, a count.
 * - `firing-second`: how far from its usual second of the minute each firing came.
 * - `wake`: from the end of a wait to the start of the function that dispatches the next tick.
 * - `cold-start`: from the creation of a sandbox to the start of its handler.
 * - `claim`: from the request of a claim to its answer.
 * - `answer`: from the last byte of a dispatch to the service's answer.
 * - `start`: from a dispatch to the start of the target.
 * - `arrival`: from a publish to the start of a subscribed function.
 * - `clocks`: by how much a target's clock shows an earlier instant than the dispatch that started it.
 */
export type Measure =
  | "firings"
  | "firing-second"
  | "wake"
  | "cold-start"
  | "claim"
  | "answer"
  | "start"
  | "arrival"
  | "clocks";

/** Something that a clock takes for granted about AWS, and that only a run on AWS can confirm. */
export interface Assumption {
  readonly measure: Measure;
  /** What the documentation says, as docs/verify.md has it. */
  readonly claim: string;
  /** The bound that the clock is designed for: the statistic must lie in it. Same unit as the figures. */
  readonly bound: { readonly of: "every" | "p99"; readonly from: number; readonly to: number };
}

/** At most `to`. */
function atMost(to: number, of: "every" | "p99" = "p99") {
  return { of, from: 0, to } as const;
}

/** What every clock with a rule and a grid assumes. */
export const CLOCK_ASSUMPTIONS: readonly Assumption[] = [
  {
    measure: "firings",
    claim: "A rule fires once in each minute.",
    bound: { of: "every", from: 1, to: 1 },
  },
  {
    measure: "firing-second",
    claim: "A rule fires at the same second of each minute, to 2 s.",
    bound: atMost(2 * SECOND_MS),
  },
  {
    measure: "claim",
    claim: "The ledger answers a claim within 300 ms, so that it can be tried again before the tick is due.",
    bound: atMost(300),
  },
];

/** What every dispatch assumes. */
export const DISPATCH_ASSUMPTIONS: readonly Assumption[] = [
  { measure: "cold-start", claim: "A new sandbox is ready within 500 ms.", bound: atMost(500) },
  { measure: "answer", claim: "A dispatch is answered within 300 ms.", bound: atMost(300) },
  {
    measure: "start",
    claim: "A target starts within 500 ms of its dispatch: 118 to 142 ms at the median, 313 ms at p99.",
    bound: atMost(500),
  },
  {
    measure: "clocks",
    claim: "The clocks of two sandboxes agree to 100 ms.",
    bound: atMost(100, "every"),
  },
];

/** A loop's Wait state. */
export const WAIT_ASSUMPTION: Assumption = {
  measure: "wake",
  claim: "A Wait state ends at its second, and the Iterator starts within the second before the tick.",
  // Their clocks may be apart, so it may seem to start early.
  bound: { of: "p99", from: -100, to: WAKE_LEAD_MS },
};

/**
 * Memory of a target that holds ticks through a lead, in MB, for the cost model: Lambda's least, and the sample function's. A
 * target with more is billed for more.
 */
export const HOLDING_TARGET_MB = 128;

/** A topic's delivery. */
export const TOPIC_ASSUMPTION: Assumption = {
  measure: "arrival",
  claim: "SNS delivers to a function within 500 ms: 73 ms at the median, 225 ms at p99.",
  bound: atMost(500),
};
