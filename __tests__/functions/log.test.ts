import { createLog } from "../../functions/runtime/log";
import { tickAt, tickFields } from "../../schedule/tick";
import { MINUTE, scheduleOf } from "../simulation/schedules";

test("every line is one JSON object, with the event's name and its fields at the top", () => {
  const lines: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  const tick = tickFields(scheduleOf(10), tickAt(scheduleOf(10), MINUTE));
  try {
    const log = createLog();
    log({ kind: "tick.suppressed", tick });
    log({ kind: "tick.missed", tick, reason: "expired", error: "two\nlines" });
    // @ts-expect-error An event without one of its fields is not logged.
    log({ kind: "tick.missed", tick });
    // @ts-expect-error Nor is one with a field that the schema has not: a reader would drop it.
    log({ kind: "schedule.paused", schedule: "beat", from: "", to: "", why: "migration" });
  } finally {
    jest.restoreAllMocks();
  }
  expect(lines.map((line) => line.indexOf("\n") === line.length - 1)).toEqual(Array(4).fill(true));
  expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toMatchObject([
    { message: "tick.suppressed", tick },
    { message: "tick.missed", tick, reason: "expired", error: "two\nlines" },
  ]);
});
