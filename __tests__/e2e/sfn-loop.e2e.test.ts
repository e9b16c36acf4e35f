import type { LocalFields } from "../../cli/start/session";
import type { ScheduleConfig } from "../../config/schema";
import { MINUTE_MS } from "../../schedule/duration";
import { EmulatorSession, flaws, NO_FLAWS } from "./emulator-session";

const SCHEDULES: readonly ScheduleConfig[] = [
  { name: "heartbeat", interval: "10s", payload: { "odd.$": "key", nested: [1, "two"] } },
  { name: "sevens", interval: "7s", phase: "2s" },
  { name: "slow", interval: "45s" },
];
const BY_CLOCK: LocalFields = { strategy: { kind: "sfn-loop" }, schedules: SCHEDULES };
const RELATIVE: LocalFields = {
  strategy: { kind: "sfn-loop", pacing: "relative" },
  schedules: [{ name: "published", interval: "10s" }],
};

describe("sfn-loop, deployed by cdktf to the emulator", () => {
  const emulator = new EmulatorSession();
  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "by the clock, loses and doubles no tick while its rules fire twice, 59 s late, and once not at all",
    async () => {
      const environment = await emulator.deploy(BY_CLOCK);
      await emulator.inject(
        SCHEDULES.flatMap(({ name }) => {
          const rule = `metronome-local-loop-${name}`;
          return [
            { rule, fault: "twice", afterFirings: 1 } as const,
            { rule, fault: "late", delaySeconds: 59, afterFirings: 2 } as const,
            { rule, fault: "lost", afterFirings: 3 } as const,
          ];
        }),
      );
      const { report, followed } = await emulator.observe(environment, 5.5 * MINUTE_MS);
      expect(flaws(report)).toEqual({ heartbeat: NO_FLAWS, sevens: NO_FLAWS, slow: NO_FLAWS });
      expect(report.schedules.map(({ schedule, due }) => [schedule, due > 4])).toEqual([
        ["heartbeat", true],
        ["sevens", true],
        ["slow", true],
      ]);
      const faults = new Set((await emulator.firings()).map(({ rule, fault }) => `${rule} ${fault}`));
      for (const { name } of SCHEDULES) {
        for (const fault of ["twice", "late", "lost"])
          expect(faults).toContain(`metronome-local-loop-${name} ${fault}`);
      }
      expect(followed.records.every(({ startedAt }) => startedAt !== null)).toBe(true);
    },
    12 * MINUTE_MS,
  );

  it(
    "shows no changes after the deploy",
    async () => {
      expect(await emulator.session.hasChanges(BY_CLOCK)).toBe(false);
    },
    3 * MINUTE_MS,
  );

  it(
    "with relative pacing drifts as published, and of two runs started by one firing only one goes on",
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
