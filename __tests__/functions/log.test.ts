import { createLog } from "../../functions/runtime/log";

test("every line is one JSON object, with the event's name and its fields at the top", () => {
  const lines: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  try {
    const log = createLog();
    log("tick.started", { tick: { id: "beat-1795371900" }, startedAt: "2026-11-22T18:25:00.000Z" });
    log("tick.missed", { tick: { id: "beat-1795371910" }, reason: "expired", error: "two\nlines" });
  } finally {
    jest.restoreAllMocks();
  }
  expect(lines.map((line) => line.indexOf("\n") === line.length - 1)).toEqual([true, true]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { message: "tick.started", tick: { id: "beat-1795371900" }, startedAt: "2026-11-22T18:25:00.000Z" },
    { message: "tick.missed", reason: "expired", error: "two\nlines" },
  ]);
});
