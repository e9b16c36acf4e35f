import { runSample } from "../../functions/sample-target/run";
import { tickAt, tickMessage } from "../../schedule/tick";
import { MINUTE, scheduleOf } from "../simulation/schedules";
import { simulatedRunner } from "../simulation/simulated-runner";
import { VirtualTime } from "../simulation/virtual-time";

const SCHEDULE = scheduleOf(10);
const MESSAGE = tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE), MINUTE + 3);

test.each([
  [0, 1],
  [0.333, 1],
  [0.334, 2],
  [0.666, 2],
  [0.667, 3],
  [0.999, 3],
])("with chance %d it runs for %d s and says True, as the article's does", async (chance, seconds) => {
  const time = new VirtualTime(MINUTE + 45);
  const runner = simulatedRunner(time);
  expect(
    await time.passUntilDone(
      runSample(
        MESSAGE,
        time,
        () => chance,
        runner.log,
        () => undefined,
      ),
    ),
  ).toBe(true);
  expect(time.now()).toBe(MINUTE + 45 + seconds * 1_000);
});

test.each([
  ["the Lambda event", MESSAGE],
  ["an SNS notification", { Records: [{ Sns: { Message: JSON.stringify(MESSAGE) } }] }],
])("it logs at once when it started, with the tick from %s", async (_, event) => {
  const time = new VirtualTime(MINUTE + 45);
  const runner = simulatedRunner(time);
  await time.passUntilDone(
    runSample(
      event,
      time,
      () => 0,
      runner.log,
      () => undefined,
    ),
  );
  expect(runner.lines).toEqual([
    { event: "tick.started", at: MINUTE + 45, fields: { tick: MESSAGE.tick, startedAt: "2026-11-22T18:25:00.045Z" } },
  ]);
});

test("an event without a tick is refused, not run", async () => {
  const time = new VirtualTime(MINUTE);
  const runner = simulatedRunner(time);
  await expect(
    runSample(
      {},
      time,
      () => 0,
      runner.log,
      () => undefined,
    ),
  ).rejects.toThrow("the event carries no tick: {}");
  expect(runner.lines).toEqual([]);
});
