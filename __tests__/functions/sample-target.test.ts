import { sampleTarget } from "../../functions/sample-target/run";
import { tickAt, tickMessage } from "../../schedule/tick";
import { onTick } from "../../tick/src/on-tick";
import { MINUTE, scheduleOf } from "../simulation/schedules";
import { VirtualTime } from "../simulation/virtual-time";

const SCHEDULE = scheduleOf(10);
const MESSAGE = tickMessage(SCHEDULE, tickAt(SCHEDULE, MINUTE), MINUTE + 3);

/** The sample gets an event 45 ms after the tick's instant. */
async function get(event: unknown, chance = 0) {
  const time = new VirtualTime(MINUTE + 45);
  const lines: [string, unknown][] = [];
  const starts: [string, number][] = [];
  const sample = sampleTarget({
    clock: time,
    random: () => chance,
    logger: { info: (message, fields) => lines.push([message, fields]) },
    meter: ({ id }, startedAt) => starts.push([id, startedAt]),
  });
  const result = await time.passUntilDone(onTick(...sample)(event)).catch((error: Error) => error);
  return { result, lines, starts, tookMs: time.now() - MINUTE - 45 };
}

test.each([
  [0, 1],
  [0.333, 1],
  [0.334, 2],
  [0.666, 2],
  [0.667, 3],
  [0.999, 3],
])("with chance %d it runs for %d s and says True, as the article's does", async (chance, seconds) => {
  expect(await get(MESSAGE, chance)).toMatchObject({ result: true, tookMs: seconds * 1_000 });
});

test.each([
  ["the Lambda event", MESSAGE],
  ["an SNS notification", { Records: [{ Sns: { Message: JSON.stringify(MESSAGE) } }] }],
])("it logs and measures when it started, with the tick from %s", async (_, event) => {
  const { lines, starts } = await get(event);
  expect(lines).toEqual([["tick.started", { tick: MESSAGE.tick, startedAt: "2026-11-22T18:25:00.045Z" }]]);
  expect(starts).toEqual([[MESSAGE.tick.id, MINUTE + 45]]);
});

test("an event without a tick is refused, not run", async () => {
  const { result, lines } = await get({});
  expect([String(result), lines]).toEqual(["TypeError: the event carries no tick (tick.id): {}", []]);
});
