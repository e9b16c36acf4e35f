import type { LocalFields } from "../../../cli/start/session";
import { MINUTE_MS } from "../../../schedule/duration";
import { EmulatorSession } from "../support/emulator-session";

const BY_CLOCK: LocalFields = { strategy: { kind: "sfn-loop" }, schedules: [{ name: "heartbeat", interval: "10s" }] };
/** Another schedule, so that no tick of an execution that is still paced by the clock is among those observed. */
const RELATIVE: LocalFields = {
  strategy: { kind: "sfn-loop", pacing: "relative" },
  schedules: [{ name: "published", interval: "10s" }],
};

describe("sfn-loop, changed to relative pacing on the emulator", () => {
  const emulator = new EmulatorSession();
  beforeAll(async () => {
    await emulator.open();
    await emulator.deploy(BY_CLOCK);
  }, 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "drifts as published, and of two runs started by one firing only one goes on",
    async () => {
      const environment = await emulator.deploy(RELATIVE);
      await emulator.inject([{ rule: "metronome-local-loop-published", fault: "twice", afterFirings: 1 }]);
      const { report, followed } = await emulator.observe(environment, 2.2 * MINUTE_MS);
      const [published] = report.schedules;
      expect(published?.drift.perTickMs).toBeGreaterThan(0);
      const perMinute = new Map<number, number>();
      for (const { dispatchedAt, scheduledAt } of followed.records) {
        expect(scheduledAt).toBeNull();
        // A run begins when its rule fires, in the second half of a minute.
        const run = Math.floor((Date.parse(dispatchedAt ?? "") - 37_000) / MINUTE_MS);
        perMinute.set(run, (perMinute.get(run) ?? 0) + 1);
      }
      expect(Math.max(...perMinute.values())).toBe(6);
      const doubled = (await emulator.firings()).filter(
        ({ rule, fault }) => rule.endsWith("-published") && fault === "twice",
      );
      expect(doubled).toHaveLength(2);
      const checks = await emulator.logLines("duplicate-check");
      expect(checks.filter((line) => line.includes('"alreadyRunning":true'))).toHaveLength(1);
    },
    8 * MINUTE_MS,
  );

  it(
    "leaves nothing behind when it is destroyed",
    async () => {
      await emulator.session.destroy(RELATIVE);
      expect(await emulator.leftovers()).toEqual([]);
    },
    5 * MINUTE_MS,
  );

  it(
    "is planned afresh on another emulator, on another port, from the same output directory",
    async () => {
      const another = new EmulatorSession(emulator.output);
      try {
        await another.open();
        expect(await another.session.hasChanges(BY_CLOCK)).toBe(true);
      } finally {
        await another.close();
      }
    },
    3 * MINUTE_MS,
  );
});
