import type { LocalFields } from "../../cli/start/session";
import type { ScheduleConfig, StrategyConfig } from "../../config/schema";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { instantsBetween } from "../../schedule/grid";
import { EmulatorSession } from "./emulator-session";
import {
  FLAWLESS,
  flawsBetween,
  longestGap,
  pausedSpans,
  type StartedTick,
  startedTicks,
  untilTicks,
} from "./started-ticks";

/** Two minutes, so that a change is seen after two. */
const HORIZON = 2;
const STANDARD: StrategyConfig = { kind: "sfn-loop", horizon: HORIZON };
const EXPRESS: StrategyConfig = { ...STANDARD, machineType: "EXPRESS" };
const every = (interval: ScheduleConfig["interval"]): LocalFields => ({ schedules: [{ name: "fast", interval }] });

const FIVE_SECONDS = { intervalMs: 5 * SECOND_MS, phaseMs: 0 };
const FOUR_SECONDS = { intervalMs: 4 * SECOND_MS, phaseMs: 0 };

describe("a clock at 5 s and faster, changed while it ticks", () => {
  const emulator = new EmulatorSession();
  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  /** Waits until ticks that are due `afterMs` from now have come. */
  function ticksFor(afterMs: number): Promise<StartedTick[]> {
    const until = Date.now() + afterMs;
    return untilTicks(emulator, (ticks) => (ticks.at(-1)?.scheduledAt ?? 0) >= until, afterMs + 2 * MINUTE_MS);
  }

  it(
    "takes another interval at a minute's edge, without a gap, and not for ticks that were planned before",
    async () => {
      await emulator.deploy({ strategy: STANDARD, ...every("5s") });
      await ticksFor(20 * SECOND_MS);
      const begun = Date.now();
      await emulator.deploy({ strategy: STANDARD, ...every("4s") });
      const ticks = await ticksFor((HORIZON + 1) * MINUTE_MS);
      const first = ticks[0]?.scheduledAt ?? 0;
      const last = ticks.at(-1)?.scheduledAt ?? 0;
      const changed = ticks.find(({ scheduledAt }) => scheduledAt % FIVE_SECONDS.intervalMs !== 0)?.scheduledAt ?? 0;
      const edge = Math.floor(changed / MINUTE_MS) * MINUTE_MS;
      expect(edge).toBeGreaterThan(begun);
      expect(flawsBetween(ticks, "fast", FIVE_SECONDS, first, edge)).toEqual(FLAWLESS);
      expect(flawsBetween(ticks, "fast", FOUR_SECONDS, edge, last + 1)).toEqual(FLAWLESS);
    },
    10 * MINUTE_MS,
  );

  const begin = () => Date.now() - 5 * SECOND_MS;

  it(
    "is handed over from Standard to Express machines without a tick lost, doubled or late",
    async () => {
      const from = begin();
      await emulator.deploy({ strategy: EXPRESS, retiring: STANDARD, ...every("4s") });
      await ticksFor(100 * SECOND_MS);
      await emulator.deploy({ strategy: EXPRESS, ...every("4s") });
      const ticks = await ticksFor(40 * SECOND_MS);
      const last = ticks.at(-1)?.scheduledAt ?? 0;
      expect(last - from).toBeGreaterThanOrEqual(3 * MINUTE_MS);
      expect(flawsBetween(ticks, "fast", FOUR_SECONDS, from, last + 1)).toEqual(FLAWLESS);
      expect(await emulator.session.hasChanges({ strategy: EXPRESS, ...every("4s") })).toBe(false);
    },
    10 * MINUTE_MS,
  );

  it(
    "goes back in the middle of a handover, by a swap of the two, without a tick lost, doubled or late",
    async () => {
      const from = begin();
      await emulator.deploy({ strategy: STANDARD, retiring: EXPRESS, ...every("4s") });
      await ticksFor(75 * SECOND_MS);
      await emulator.deploy({ strategy: EXPRESS, retiring: STANDARD, ...every("4s") });
      await ticksFor(10 * SECOND_MS);
      await emulator.deploy({ strategy: EXPRESS, ...every("4s") });
      const ticks = await ticksFor(40 * SECOND_MS);
      expect(flawsBetween(ticks, "fast", FOUR_SECONDS, from, (ticks.at(-1)?.scheduledAt ?? 0) + 1)).toEqual(FLAWLESS);
    },
    8 * MINUTE_MS,
  );

  it(
    "pauses within seconds, ticks again within a minute of its resumption, and catches nothing up",
    async () => {
      const running: LocalFields = { strategy: EXPRESS, ...every("4s") };
      await emulator.deploy({ ...running, enabled: false, note: "an end-to-end test" });
      const pausedAt = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 70 * SECOND_MS));
      const before = await startedTicks(emulator);
      const lastBefore = before.at(-1)?.scheduledAt ?? 0;
      expect(lastBefore).toBeLessThan(pausedAt + 5 * SECOND_MS);
      await emulator.deploy(running);
      const resumedAt = Date.now();
      const ticks = await ticksFor(80 * SECOND_MS);
      const after = ticks.filter(({ scheduledAt }) => scheduledAt > lastBefore);
      expect(after[0]?.scheduledAt).toBeGreaterThan(pausedAt + 60 * SECOND_MS);
      expect(after[0]?.scheduledAt).toBeLessThan(resumedAt + MINUTE_MS + 10 * SECOND_MS);
      expect(longestGap(ticks, after[0]?.dispatchedAt ?? 0, Date.now())).toBeLessThan(5 * SECOND_MS);
      // What did not tick is told from what failed: the log covers each tick that was due in between.
      const spans = await pausedSpans(emulator, "express-iterator");
      const unexplained = instantsBetween(FOUR_SECONDS, lastBefore + 1, after[0]?.scheduledAt ?? 0).filter(
        (at) => !spans.some(({ from, to }) => at >= from && at < to),
      );
      expect(unexplained).toEqual([]);
    },
    8 * MINUTE_MS,
  );
});
