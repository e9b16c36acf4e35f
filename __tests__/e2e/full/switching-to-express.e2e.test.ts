import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { EmulatorSession } from "../support/emulator-session";
import { FLAWLESS, flawsBetween } from "../support/started-ticks";
import {
  begin,
  EXPRESS,
  every,
  FIVE_SECONDS,
  FOUR_SECONDS,
  HORIZON,
  STANDARD,
  ticksFor,
} from "../support/switching-at-5-s";

describe("a clock at 5 s and faster, handed over to Express machines while it ticks", () => {
  const emulator = new EmulatorSession();
  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "takes another interval at a minute's edge, without a gap, and not for ticks that were planned before",
    async () => {
      await emulator.deploy({ strategy: STANDARD, ...every("5s") });
      await ticksFor(emulator, 20 * SECOND_MS);
      const begun = Date.now();
      await emulator.deploy({ strategy: STANDARD, ...every("4s") });
      const ticks = await ticksFor(emulator, (HORIZON + 1) * MINUTE_MS);
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

  it(
    "is handed over from Standard to Express machines without a tick lost, doubled or late",
    async () => {
      const from = begin();
      await emulator.deploy({ strategy: EXPRESS, retiring: STANDARD, ...every("4s") });
      await ticksFor(emulator, 100 * SECOND_MS);
      await emulator.deploy({ strategy: EXPRESS, ...every("4s") });
      const ticks = await ticksFor(emulator, 40 * SECOND_MS);
      const last = ticks.at(-1)?.scheduledAt ?? 0;
      expect(last - from).toBeGreaterThanOrEqual(3 * MINUTE_MS);
      expect(flawsBetween(ticks, "fast", FOUR_SECONDS, from, last + 1)).toEqual(FLAWLESS);
      expect(await emulator.session.hasChanges({ strategy: EXPRESS, ...every("4s") })).toBe(false);
    },
    10 * MINUTE_MS,
  );
});
