import type { LocalFields } from "../../../cli/start/session";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { instantsBetween } from "../../../schedule/grid";
import { EmulatorSession } from "../support/emulator-session";
import { FLAWLESS, flawsBetween, longestGap, pausedSpans, startedTicks } from "../support/started-ticks";
import { begin, EXPRESS, every, FOUR_SECONDS, STANDARD, ticksFor } from "../support/switching-at-5-s";

describe("a clock at 4 s on Express machines, handed over and paused while it ticks", () => {
  const emulator = new EmulatorSession();
  beforeAll(async () => {
    await emulator.open();
    await emulator.deploy({ strategy: EXPRESS, ...every("4s") });
    await ticksFor(emulator, 20 * SECOND_MS);
  }, 8 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "goes back in the middle of a handover, by a swap of the two, without a tick lost, doubled or late",
    async () => {
      const from = begin();
      await emulator.deploy({ strategy: STANDARD, retiring: EXPRESS, ...every("4s") });
      await ticksFor(emulator, 75 * SECOND_MS);
      await emulator.deploy({ strategy: EXPRESS, retiring: STANDARD, ...every("4s") });
      await ticksFor(emulator, 10 * SECOND_MS);
      await emulator.deploy({ strategy: EXPRESS, ...every("4s") });
      const ticks = await ticksFor(emulator, 40 * SECOND_MS);
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
      const ticks = await ticksFor(emulator, 80 * SECOND_MS);
      const after = ticks.filter(({ scheduledAt }) => scheduledAt > lastBefore);
      expect(after[0]?.scheduledAt).toBeGreaterThan(pausedAt + 60 * SECOND_MS);
      expect(after[0]?.scheduledAt).toBeLessThan(resumedAt + MINUTE_MS + 10 * SECOND_MS);
      expect(longestGap(ticks, after[0]?.dispatchedAt ?? 0, Date.now())).toBeLessThan(5 * SECOND_MS);
      // A pause differs from a failure: the log covers each tick that was due in between.
      const spans = await pausedSpans(emulator, "express-iterator");
      const unexplained = instantsBetween(FOUR_SECONDS, lastBefore + 1, after[0]?.scheduledAt ?? 0).filter(
        (at) => !spans.some(({ from, to }) => at >= from && at < to),
      );
      expect(unexplained).toEqual([]);
    },
    8 * MINUTE_MS,
  );
});
