import { clockEffect } from "../../../cli/clock-impact/switching";
import type { LocalFields } from "../../../cli/start/session";
import { describeClock } from "../../../config/describe-clock";
import type { Environment } from "../../../config/environment";
import type { StrategyConfig } from "../../../config/schema";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { EmulatorSession } from "./emulator-session";
import { FLAWLESS, flawsBetween, longestGap, type StartedTick, untilTicks } from "./started-ticks";

const SCHEDULES = [{ name: "minutely", interval: "1m" }] as const;
const GRID = { intervalMs: MINUTE_MS, phaseMs: 0 };

const fields = (strategy: StrategyConfig, more: LocalFields = {}): LocalFields => ({
  strategy,
  schedules: SCHEDULES,
  ...more,
});

/**
 * Tests of one running clock at 60 s that is handed over to another strategy, and then switched back directly.
 *
 * @param first the strategy that it begins with
 * @param second the strategy that takes over
 */
export function switchesThereAndBack(first: StrategyConfig, second: StrategyConfig): void {
  const emulator = new EmulatorSession();
  let deployed: Environment | undefined;
  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  /** Deploys, and waits until the last `count` ticks came from this strategy. */
  async function deployAndWait(next: LocalFields, count: number): Promise<StartedTick[]> {
    const kind = next.strategy?.kind;
    deployed = await emulator.deploy(next);
    const since = Date.now();
    const news = (ticks: readonly StartedTick[]) => ticks.filter(({ dispatchedAt }) => dispatchedAt > since);
    return untilTicks(
      emulator,
      (ticks) =>
        news(ticks).length >= count &&
        news(ticks)
          .slice(-count)
          .every(({ strategy }) => strategy === kind),
      (count + 4) * MINUTE_MS,
    );
  }

  let firstTick = 0;

  it(
    `begins with ${first.kind}`,
    async () => {
      const ticks = await deployAndWait(fields(first), 1);
      firstTick = ticks[0]?.scheduledAt ?? 0;
    },
    8 * MINUTE_MS,
  );

  it(
    `is handed over to ${second.kind} without a tick lost, doubled or late`,
    async () => {
      await deployAndWait(fields(second, { retiring: first }), 2);
      const ticks = await deployAndWait(fields(second), 1);
      const last = ticks.at(-1)?.scheduledAt ?? 0;
      expect(flawsBetween(ticks, "minutely", GRID, firstTick, last + 1)).toEqual(FLAWLESS);
      expect(last - firstTick).toBeGreaterThanOrEqual(3 * MINUTE_MS);
      expect(ticks.at(-1)?.strategy).toBe(second.kind);
      expect(await emulator.session.hasChanges(fields(second))).toBe(false);
    },
    12 * MINUTE_MS,
  );

  it(
    `is switched to ${first.kind} directly: it pauses for no longer than the plan says, and doubles nothing`,
    async () => {
      const before = deployed as Environment;
      const begun = Date.now();
      const ticks = await deployAndWait(fields(first), 1);
      const ended = ticks.at(-1)?.dispatchedAt ?? 0;
      const { pauseBoundS } = clockEffect(describeClock(before), describeClock(deployed as Environment));
      // Between two ticks there is an interval without any pause.
      expect(longestGap(ticks, begun, ended)).toBeLessThanOrEqual(pauseBoundS * SECOND_MS + MINUTE_MS);
      const { doubled, offGrid } = flawsBetween(ticks, "minutely", GRID, firstTick, ended + 1);
      expect({ doubled, offGrid }).toEqual({ doubled: [], offGrid: [] });
    },
    10 * MINUTE_MS,
  );
}
