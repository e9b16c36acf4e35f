import type { LocalFields } from "../../../cli/start/session";
import type { ScheduleConfig } from "../../../config/schema";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { EmulatorSession, flaws, NO_FLAWS } from "../support/emulator-session";
import { HARD_PAYLOAD, TopicQueue } from "../support/topic-queue";

/** A topic of the test's own. */
const TEXTS = "arn:aws:sns:us-east-1:000000000000:texts";

const SCHEDULES: readonly ScheduleConfig[] = [
  { name: "heartbeat", interval: "10s", payload: { "odd.$": "key", nested: [1, "two"] } },
  { name: "sevens", interval: "7s", phase: "2s" },
  { name: "slow", interval: "45s" },
  { name: "fast", interval: "1s" },
  { name: "texts", interval: "30s", payload: HARD_PAYLOAD, targets: [TEXTS] },
];
const SQS_DELAY: LocalFields = { strategy: { kind: "sqs-delay" }, schedules: SCHEDULES };
const RULE = "metronome-local-planner";

describe("sqs-delay, deployed by cdktf to the emulator", () => {
  const emulator = new EmulatorSession();
  beforeAll(() => emulator.open(), 5 * MINUTE_MS);
  afterAll(() => emulator.close(), MINUTE_MS);

  it(
    "loses and doubles no tick while its rule fires twice, 59 s late, and twice in a row not at all",
    async () => {
      const queue = await TopicQueue.of(emulator.session, "texts");
      const environment = await emulator.deploy(SQS_DELAY);
      await emulator.inject([
        { rule: RULE, fault: "twice" },
        { rule: RULE, fault: "late", delaySeconds: 59, afterFirings: 1 },
        { rule: RULE, fault: "lost", afterFirings: 2 },
        { rule: RULE, fault: "lost", afterFirings: 3 },
      ]);
      const { report } = await emulator.observe(environment, 5.2 * MINUTE_MS);
      // A topic does not log when its subscribers start, and on the emulator a pacer's lines come when its burst ends.
      const missed = report.schedules.flatMap(({ missed: { first }, span }) =>
        first.filter(({ expectedAt }) => Date.parse(expectedAt) < Date.parse(span.to) - 20 * SECOND_MS),
      );
      expect(missed).toEqual([]);
      const { texts: _, ...measured } = flaws(report);
      expect(measured).toEqual({ heartbeat: NO_FLAWS, sevens: NO_FLAWS, slow: NO_FLAWS, fast: NO_FLAWS });
      expect(report.schedules.every(({ due }) => due > 5)).toBe(true);
      const faults = (await emulator.firings()).flatMap(({ rule, fault }) => (rule === RULE && fault ? [fault] : []));
      expect(faults).toEqual(expect.arrayContaining(["twice", "late", "lost", "lost"]));
      expect((await queue.tickOf("texts")).payload).toEqual(HARD_PAYLOAD);
    },
    12 * MINUTE_MS,
  );

  it(
    "shows no changes after the deploy",
    async () => {
      expect(await emulator.session.hasChanges(SQS_DELAY)).toBe(false);
    },
    3 * MINUTE_MS,
  );

  it(
    "leaves nothing behind when it is destroyed",
    async () => {
      await emulator.session.destroy(SQS_DELAY);
      expect(await emulator.leftovers()).toEqual([TEXTS, "queue-of-texts"]);
    },
    5 * MINUTE_MS,
  );
});
