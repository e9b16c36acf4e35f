import type { LocalFields } from "../../../cli/start/session";
import { MINUTE_MS } from "../../../schedule/duration";
import { EmulatorSession, flaws, NO_FLAWS } from "../support/emulator-session";
import { HARD_PAYLOAD, TopicQueue } from "../support/topic-queue";

const LAMBDA_CLOCK: LocalFields = {
  strategy: { kind: "lambda-clock" },
  schedules: [
    { name: "heartbeat", interval: "1m" },
    { name: "slow", interval: "2m", payload: HARD_PAYLOAD },
  ],
};

describe("lambda-clock, deployed by cdktf to the emulator", () => {
  const emulator = new EmulatorSession();
  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "loses and doubles no minute while its rules fire twice, 59 s late, and once not at all",
    async () => {
      const environment = await emulator.deploy(LAMBDA_CLOCK);
      await emulator.inject(await faultsForTheNextFirings());
      const queue = await TopicQueue.of(emulator.session, "metronome-local-LambdaClock-slow");
      const { report } = await emulator.observe(environment, 4 * MINUTE_MS);
      expect(flaws(report)).toEqual({ heartbeat: NO_FLAWS, slow: NO_FLAWS });
      expect(report.schedules.map(({ due }) => due)).toEqual([4, expect.any(Number)]);
      const faults = (await emulator.firings()).flatMap(({ fault }) => (fault ? [fault] : []));
      expect([...new Set(faults)].sort()).toEqual(["late", "lost", "twice"]);
      const table = report.schedules[0]?.publishToStartMs;
      expect(table?.count).toBe(4);
      expect(table?.failures).toBe(0);
      expect((await queue.tickOf("slow")).payload).toEqual(HARD_PAYLOAD);
    },
    12 * MINUTE_MS,
  );

  it(
    "shows no changes after the deploy",
    async () => {
      expect(await emulator.session.hasChanges(LAMBDA_CLOCK)).toBe(false);
    },
    3 * MINUTE_MS,
  );

  it(
    "leaves nothing behind when it is destroyed",
    async () => {
      await emulator.session.destroy(LAMBDA_CLOCK);
      expect(await emulator.leftovers()).toEqual(["queue-of-metronome-local-LambdaClock-slow"]);
    },
    5 * MINUTE_MS,
  );

  /** Each of the five rules fires every five minutes; the faults go to those of the next three minutes. */
  async function faultsForTheNextFirings() {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    const rule = (ahead: number) => `metronome-local-LambdaClock_${(minute + ahead) % 5}`;
    return [
      { rule: rule(1), fault: "twice" },
      { rule: rule(2), fault: "late", delaySeconds: 59 },
      { rule: rule(3), fault: "lost" },
    ] as const;
  }
});
