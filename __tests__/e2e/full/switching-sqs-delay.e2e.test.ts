import type { LocalFields } from "../../../cli/start/session";
import type { StrategyConfig } from "../../../config/schema";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { instantsBetween } from "../../../schedule/grid";
import { EmulatorSession } from "../support/emulator-session";
import { FLAWLESS, flawsBetween, pausedSpans, startedTicks } from "../support/started-ticks";
import { begin, EXPRESS, every, FIVE_SECONDS, ticksFor } from "../support/switching-at-5-s";

const SQS_DELAY: StrategyConfig = { kind: "sqs-delay" };

describe("a clock at 5 s, handed over to sqs-delay and back, changed and paused while it ticks", () => {
  const emulator = new EmulatorSession();
  beforeAll(async () => {
    await emulator.open();
    await emulator.deploy({ strategy: EXPRESS, ...every("5s") });
    await ticksFor(emulator, 20 * SECOND_MS);
  }, 8 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  const handedOver = async (from: StrategyConfig, to: StrategyConfig) => {
    const since = begin();
    await emulator.deploy({ strategy: to, retiring: from, ...every("5s") });
    await ticksFor(emulator, 100 * SECOND_MS);
    await emulator.deploy({ strategy: to, ...every("5s") });
    const ticks = await ticksFor(emulator, 40 * SECOND_MS);
    const last = ticks.at(-1)?.scheduledAt ?? 0;
    expect(last - since).toBeGreaterThanOrEqual(3 * MINUTE_MS);
    expect(flawsBetween(ticks, "fast", FIVE_SECONDS, since, last + 1)).toEqual(FLAWLESS);
    expect(ticks.at(-1)?.strategy).toBe(to.kind);
    expect(await emulator.session.hasChanges({ strategy: to, ...every("5s") })).toBe(false);
  };

  it(
    "is handed over to sqs-delay without a tick lost, doubled or late",
    () => handedOver(EXPRESS, SQS_DELAY),
    10 * MINUTE_MS,
  );

  it(
    "takes a schedule that is added, within a minute of the deploy and without a flaw of the one that was there",
    async () => {
      const since = begin();
      const added = { name: "added", interval: "7s" } as const;
      await emulator.deploy({ strategy: SQS_DELAY, schedules: [...(every("5s").schedules ?? []), added] });
      const deployedAt = Date.now();
      const ticks = await ticksFor(emulator, 110 * SECOND_MS);
      const own = (name: string) => ticks.filter(({ id }) => id.startsWith(`${name}-`));
      const last = own("fast").at(-1)?.scheduledAt ?? 0;
      expect(flawsBetween(own("fast"), "fast", FIVE_SECONDS, since, last + 1)).toEqual(FLAWLESS);
      const grid = { intervalMs: 7 * SECOND_MS, phaseMs: 0 };
      // The next firing comes within a minute. Before it, a burst may have some of its instants.
      const from = deployedAt + 65 * SECOND_MS;
      const to = own("added").at(-1)?.scheduledAt ?? 0;
      expect(to - from).toBeGreaterThan(20 * SECOND_MS);
      expect(flawsBetween(own("added"), "added", grid, from, to + 1)).toEqual(FLAWLESS);
    },
    6 * MINUTE_MS,
  );

  it(
    "pauses within seconds, ticks again within a minute of its resumption, and catches nothing up",
    async () => {
      const running: LocalFields = { strategy: SQS_DELAY, ...every("5s") };
      await emulator.deploy({ ...running, enabled: false, note: "an end-to-end test" });
      const pausedAt = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 70 * SECOND_MS));
      const of = (ticks: Awaited<ReturnType<typeof startedTicks>>) => ticks.filter(({ id }) => id.startsWith("fast-"));
      const lastBefore = of(await startedTicks(emulator)).at(-1)?.scheduledAt ?? 0;
      // A burst that was under way ends as it began.
      expect(lastBefore).toBeLessThan(pausedAt + 22 * SECOND_MS);
      await emulator.deploy(running);
      const resumedAt = Date.now();
      const after = of(await ticksFor(emulator, 80 * SECOND_MS)).filter(({ scheduledAt }) => scheduledAt > lastBefore);
      expect(after[0]?.scheduledAt).toBeGreaterThan(pausedAt + 60 * SECOND_MS);
      expect(after[0]?.scheduledAt).toBeLessThan(resumedAt + MINUTE_MS + 10 * SECOND_MS);
      const spans = await Promise.all(["planner", "pacer"].map((role) => pausedSpans(emulator, role)));
      const unexplained = instantsBetween(FIVE_SECONDS, lastBefore + 1, after[0]?.scheduledAt ?? 0).filter(
        (at) => !spans.flat().some(({ from, to }) => at >= from && at < to),
      );
      expect(unexplained).toEqual([]);
    },
    8 * MINUTE_MS,
  );

  it(
    "is handed over to sfn-loop without a tick lost, doubled or late",
    () => handedOver(SQS_DELAY, EXPRESS),
    10 * MINUTE_MS,
  );
});
