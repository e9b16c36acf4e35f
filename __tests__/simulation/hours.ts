import fc from "fast-check";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import type { Grid } from "../../schedule/grid";
import type { Hours } from "../../schedule/hours";
import { MINUTE } from "./schedules";

const DAY_S = 24 * 60 * 60;

/** How far the clocks of zones are ahead of UTC on the day of MINUTE, in minutes. There it is past midnight in Kathmandu. */
const AHEAD_MINUTES = { UTC: 0, "Asia/Kathmandu": 345, "America/St_Johns": -210 };

/** A window that opens and closes while a clock plays. Seconds after MINUTE. */
export interface DrawnHours {
  readonly zone: keyof typeof AHEAD_MINUTES;
  readonly opensS: number;
  readonly openS: number;
  /** How many times the interval is that holds while the window is closed; 0 if no tick is due then. */
  readonly otherwise: number;
}

/** Hours within `minutes` minutes, at any second and often at the edges of minutes. */
export function drawnHours(minutes: number): fc.Arbitrary<DrawnHours> {
  const edge = fc.tuple(fc.integer({ min: 2, max: minutes - 4 }), fc.integer({ min: -1, max: 1 }));
  return fc.record({
    zone: fc.constantFrom("UTC", "Asia/Kathmandu", "America/St_Johns"),
    opensS: fc.oneof(
      fc.integer({ min: 60, max: (minutes - 3) * 60 }),
      edge.map(([minute, apart]) => minute * 60 + apart),
    ),
    openS: fc.integer({ min: 1, max: 6 * 60 }),
    otherwise: fc.constantFrom(0, 0, 2, 3, 6),
  });
}

/** The same as a schedule has it. */
export function hoursOf(intervalMs: number, { zone, opensS, openS, otherwise }: DrawnHours): Hours {
  const local = (second: number) =>
    (((MINUTE / SECOND_MS + second + AHEAD_MINUTES[zone] * 60) % DAY_S) + DAY_S) % DAY_S;
  const days = [0, 1, 2, 3, 4, 5, 6];
  const active = [{ days, fromS: local(opensS), toS: local(opensS + openS), zone }];
  return {
    rates: [{ intervalMs, active }, ...(otherwise > 0 ? [{ intervalMs: otherwise * intervalMs }] : [])],
  };
}

/** The instants that are due in the first `minutes` minutes, counted one by one; ms after MINUTE. */
export function dueInstants(
  { intervalMs, phaseMs }: Grid,
  { opensS, openS, otherwise }: DrawnHours,
  minutes: number,
): number[] {
  return Array.from({ length: (minutes * MINUTE_MS) / SECOND_MS }, (_, second) => second).flatMap((second) => {
    const isOpen = second >= opensS && second < opensS + openS;
    const every = isOpen ? intervalMs : otherwise * intervalMs;
    return every > 0 && (MINUTE + second * SECOND_MS - phaseMs) % every === 0 ? [second * SECOND_MS] : [];
  });
}
