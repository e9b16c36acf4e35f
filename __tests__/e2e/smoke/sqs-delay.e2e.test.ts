import type { LocalFields } from "../../../cli/start/session";
import type { ScheduleConfig } from "../../../config/schema";
import { MINUTE_MS, SECOND_MS } from "../../../schedule/duration";
import { EmulatorSession, flaws, NO_FLAWS } from "../support/emulator-session";
import { TargetQueue } from "../support/target-queue";
import { HARD_PAYLOAD, TopicQueue } from "../support/topic-queue";

/** A topic of the test's own. */
const TEXTS = "arn:aws:sns:us-east-1:000000000000:texts";
/** Queues of the test's own. */
const QUEUES = ["arn:aws:sqs:us-east-1:000000000000:ticks", "arn:aws:sqs:us-east-1:000000000000:ticks.fifo"];

const SCHEDULES: readonly ScheduleConfig[] = [
  { name: "heartbeat", interval: "10s", payload: { "odd.$": "key", nested: [1, "two"] } },
  { name: "sevens", interval: "7s", phase: "2s" },
  { name: "slow", interval: "45s" },
  { name: "fast", interval: "1s" },
  { name: "texts", interval: "30s", payload: HARD_PAYLOAD, targets: [TEXTS] },
  { name: "queued", interval: "15s", payload: HARD_PAYLOAD, targets: QUEUES },
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
      const [standard, fifo] = await Promise.all(QUEUES.map((arn) => TargetQueue.of(emulator.session, arn)));
      const environment = await emulator.deploy(SQS_DELAY);
      await emulator.inject([
        { rule: RULE, fault: "twice" },
        { rule: RULE, fault: "late", delaySeconds: 59, afterFirings: 1 },
        { rule: RULE, fault: "lost", afterFirings: 2 },
        { rule: RULE, fault: "lost", afterFirings: 3 },
      ]);
      const { report, followed } = await emulator.observe(environment, 5.2 * MINUTE_MS);
      // Topics and queues do not log when a function gets the tick, and on the emulator a pacer's lines come when its burst ends.
      const missed = report.schedules.flatMap(({ missed: { first }, span }) =>
        first.filter(({ expectedAt }) => Date.parse(expectedAt) < Date.parse(span.to) - 20 * SECOND_MS),
      );
      expect(missed).toEqual([]);
      const { texts: _texts, queued: _queued, ...measured } = flaws(report);
      expect(measured).toEqual({ heartbeat: NO_FLAWS, sevens: NO_FLAWS, slow: NO_FLAWS, fast: NO_FLAWS });
      expect(report.schedules.every(({ due }) => due > 5)).toBe(true);
      const faults = (await emulator.firings()).flatMap(({ rule, fault }) => (rule === RULE && fault ? [fault] : []));
      expect(faults).toEqual(expect.arrayContaining(["twice", "late", "lost", "lost"]));
      expect((await queue.tickOf("texts")).payload).toEqual(HARD_PAYLOAD);

      const dispatched = followed.records.flatMap((one) =>
        one.schedule === "queued" && one.dispatchedAt !== null ? [one.id] : [],
      );
      expect(dispatched.length).toBeGreaterThan(15);
      const [unordered = [], ordered = []] = await Promise.all([standard?.take(), fifo?.take()]);
      for (const ticks of [unordered, ordered]) {
        const ids = ticks.map(({ id }) => id);
        expect(ids).toEqual(expect.arrayContaining(dispatched));
        expect(new Set(ids).size).toBe(ids.length);
        for (const { payload } of ticks) expect(payload).toEqual(HARD_PAYLOAD);
      }
      expect(ordered.map(({ id }) => id)).toEqual(ordered.map(({ id }) => id).sort());
      for (const { id, group, deduplicationId } of ordered) {
        expect([group, deduplicationId]).toEqual(["queued", id]);
      }
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
      expect(await emulator.leftovers()).toEqual([TEXTS, "queue-of-texts", "ticks", "ticks.fifo"]);
    },
    5 * MINUTE_MS,
  );
});
