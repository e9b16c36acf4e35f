import { clockEffect } from "../../cli/clock-impact/switching";
import type { LocalFields } from "../../cli/start/session";
import { describeClock } from "../../config/describe-clock";
import type { Environment } from "../../config/environment";
import type { StrategyConfig } from "../../config/schema";
import { MINUTE_MS, SECOND_MS } from "../../schedule/duration";
import { EmulatorSession } from "./emulator-session";
import { FLAWLESS, flawsBetween, longestGap, type StartedTick, untilTicks } from "./started-ticks";

const SCHEDULES = [{ name: "minutely", interval: "1m" }] as const;
const GRID = { intervalMs: MINUTE_MS, phaseMs: 0 };
const SFN_LOOP: StrategyConfig = { kind: "sfn-loop" };
const LAMBDA_CLOCK: StrategyConfig = { kind: "lambda-clock" };

const fields = (strategy: StrategyConfig, more: LocalFields = {}): LocalFields => ({
  strategy,
  schedules: SCHEDULES,
  ...more,
});

/** The strategies at work on one running clock, switched from one to the other and back, by handover and directly. */
describe("a clock at 60 s, switched while it ticks", () => {
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
    "begins with sfn-loop",
    async () => {
      const ticks = await deployAndWait(fields(SFN_LOOP), 1);
      firstTick = ticks[0]?.scheduledAt ?? 0;
    },
    8 * MINUTE_MS,
  );

  it.each([
    ["lambda-clock", LAMBDA_CLOCK, SFN_LOOP],
    ["sfn-loop", SFN_LOOP, LAMBDA_CLOCK],
  ])(
    "is handed over to %s without a tick lost, doubled or late",
    async (kind, next, old) => {
      await deployAndWait(fields(next, { retiring: old }), 2);
      const ticks = await deployAndWait(fields(next), 1);
      const last = ticks.at(-1)?.scheduledAt ?? 0;
      expect(flawsBetween(ticks, "minutely", GRID, firstTick, last + 1)).toEqual(FLAWLESS);
      expect(last - firstTick).toBeGreaterThanOrEqual(3 * MINUTE_MS);
      expect(ticks.at(-1)?.strategy).toBe(kind);
      expect(await emulator.session.hasChanges(fields(next))).toBe(false);
    },
    12 * MINUTE_MS,
  );

  it.each([
    ["lambda-clock", LAMBDA_CLOCK],
    ["sfn-loop", SFN_LOOP],
  ])(
    "is switched to %s directly: it pauses for no longer than the plan says, and doubles nothing",
    async (_kind, next) => {
      const before = deployed as Environment;
      const begun = Date.now();
      const ticks = await deployAndWait(fields(next), 1);
      const ended = ticks.at(-1)?.dispatchedAt ?? 0;
      const { pauseBoundS } = clockEffect(describeClock(before), describeClock(deployed as Environment));
      // Between two ticks there is an interval without any pause.
      expect(longestGap(ticks, begun, ended)).toBeLessThanOrEqual(pauseBoundS * SECOND_MS + MINUTE_MS);
      const { doubled, offGrid } = flawsBetween(ticks, "minutely", GRID, firstTick, ended + 1);
      expect({ doubled, offGrid }).toEqual({ doubled: [], offGrid: [] });
    },
    10 * MINUTE_MS,
  );
});
