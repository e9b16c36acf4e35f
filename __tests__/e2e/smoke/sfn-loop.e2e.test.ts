import type { LocalFields } from "../../../cli/start/session";
import type { ScheduleConfig } from "../../../config/schema";
import { MINUTE_MS } from "../../../schedule/duration";
import { EmulatorSession, flaws, NO_FLAWS } from "../support/emulator-session";
import { HARD_PAYLOAD, TopicQueue } from "../support/topic-queue";

/** A topic of the test's own. */
const TEXTS = "arn:aws:sns:us-east-1:000000000000:texts";

const SCHEDULES: readonly ScheduleConfig[] = [
  { name: "heartbeat", interval: "10s", payload: { "odd.$": "key", nested: [1, "two"] } },
  { name: "sevens", interval: "7s", phase: "2s" },
  { name: "slow", interval: "45s" },
  { name: "texts", interval: "20s", payload: HARD_PAYLOAD, targets: [TEXTS] },
];
const BY_CLOCK: LocalFields = { strategy: { kind: "sfn-loop" }, schedules: SCHEDULES };

describe("sfn-loop, deployed by cdktf to the emulator", () => {
  const emulator = new EmulatorSession();
  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "loses and doubles no tick while its rules fire twice, 59 s late, and once not at all",
    async () => {
      const queue = await TopicQueue.of(emulator.session, "texts");
      const environment = await emulator.deploy(BY_CLOCK);
      await emulator.inject(
        SCHEDULES.flatMap(({ name }) => {
          const rule = `metronome-local-loop-${name}`;
          return [
            { rule, fault: "twice" } as const,
            { rule, fault: "late", delaySeconds: 59, afterFirings: 1 } as const,
            { rule, fault: "lost", afterFirings: 2 } as const,
          ];
        }),
      );
      const { report, followed } = await emulator.observe(environment, 4.2 * MINUTE_MS);
      expect(flaws(report)).toEqual({ heartbeat: NO_FLAWS, sevens: NO_FLAWS, slow: NO_FLAWS, texts: NO_FLAWS });
      expect(report.schedules.map(({ schedule, due }) => [schedule, due > 4])).toEqual([
        ["heartbeat", true],
        ["sevens", true],
        ["slow", true],
        ["texts", true],
      ]);
      const faults = new Set((await emulator.firings()).map(({ rule, fault }) => `${rule} ${fault}`));
      for (const { name } of SCHEDULES) {
        for (const fault of ["twice", "late", "lost"])
          expect(faults).toContain(`metronome-local-loop-${name} ${fault}`);
      }
      // A topic does not log when its subscribers start.
      const measured = followed.records.filter(({ schedule }) => schedule !== "texts");
      expect(measured.every(({ startedAt }) => startedAt !== null)).toBe(true);
      expect((await queue.tickOf("texts")).payload).toEqual(HARD_PAYLOAD);
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
    "leaves nothing behind when it is destroyed",
    async () => {
      await emulator.session.destroy(BY_CLOCK);
      expect(await emulator.leftovers()).toEqual([TEXTS, "queue-of-texts"]);
    },
    5 * MINUTE_MS,
  );
});
