import { SECOND_MS } from "../../schedule/duration";
import type { Variant } from "../strategy";

const CLAIMED_AHEAD = "no tick lost: the run before has planned ahead";
const CLAIMING = {
  onDoubledFiring: "nothing doubled: the tick is claimed",
  onLateFiring: CLAIMED_AHEAD,
  onLostFiring: `${CLAIMED_AHEAD} (a horizon of 4 survives one)`,
};
const RELATIVE = {
  onLateFiring: "a gap, then the minute runs late",
  onLostFiring: "that minute's ticks are lost",
};

/** The loop's four ways; the benchmark measures three of them. */
export const variants: readonly Variant[] = [
  {
    id: "sfn-loop-clock-standard",
    title: "sfn-loop, clock, STANDARD",
    strategy: { kind: "sfn-loop" },
    ...CLAIMING,
    limits: "1 s to 24 h, whole seconds. Billed by transition: expensive at short intervals",
    chooseWhen: "you begin, or want each run's history in the console",
    bench: { environment: "bench-standard", intervalMs: 10 * SECOND_MS, phaseMs: 2 * SECOND_MS },
  },
  {
    id: "sfn-loop-clock-express",
    title: "sfn-loop, clock, EXPRESS",
    strategy: { kind: "sfn-loop", machineType: "EXPRESS" },
    ...CLAIMING,
    limits: "1 s to 24 h, whole seconds. A horizon of 4 at most; no history, only the log of failed runs",
    chooseWhen: "you tick below a minute for long, and cost counts",
    bench: { environment: "bench-express", intervalMs: 10 * SECOND_MS, phaseMs: 4 * SECOND_MS },
  },
  {
    id: "sfn-loop-relative-standard",
    title: "sfn-loop, relative, STANDARD",
    strategy: { kind: "sfn-loop", pacing: "relative" },
    onDoubledFiring: "the duplicate check stops one of two runs, best effort",
    ...RELATIVE,
    limits: "intervals that divide a minute, from 5 s. Drifts within the minute; no phase, no claims",
    chooseWhen: "you want the published loop, to compare with",
    bench: { environment: "bench-relative", intervalMs: 10 * SECOND_MS, phaseMs: 0 },
  },
  {
    id: "sfn-loop-relative-express",
    title: "sfn-loop, relative, EXPRESS",
    strategy: { kind: "sfn-loop", pacing: "relative", machineType: "EXPRESS", duplicateCheck: false },
    onDoubledFiring: "every tick of the minute is doubled: EXPRESS has no duplicate check",
    ...RELATIVE,
    limits: "intervals that divide a minute. Drifts within the minute; no phase, no claims",
    chooseWhen: "a doubled or lost tick does not matter, and nothing may cost",
  },
];
