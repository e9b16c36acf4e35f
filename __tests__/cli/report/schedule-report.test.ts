import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { clockReportSchema } from "../../../cli/report/schedule-report";
import { toReportJson } from "../../../cli/report/summary";
import { PROJECT_DIR } from "../../../host/work-dir";
import { faulty, sawtooth } from "./sample-reports";

test.each([
  ["faulty", faulty()],
  ["sawtooth", sawtooth()],
])("report.json of a %s clock meets its schema, and reads back as it was", (_, report) => {
  expect(clockReportSchema.parse(JSON.parse(toReportJson(report)))).toEqual(report);
});

test("a field that the schema does not know, or one that is missing, does not meet it", () => {
  const { notes, ...without } = sawtooth();
  expect(clockReportSchema.safeParse(without).success).toBe(false);
  expect(clockReportSchema.safeParse({ ...without, notes, more: 1 }).success).toBe(false);
});

test("a column of figures is one line of report.json, and texts stay as they are", () => {
  const report = { ...sawtooth(), notes: ["[\n1,\n2\n]"] };
  const text = toReportJson(report);
  expect(text.split("\n").length).toBeLessThan(500);
  expect(JSON.parse(text).notes).toEqual(report.notes);
});

test("docs/report.md explains every field of the schema", () => {
  const text = readFileSync(join(PROJECT_DIR, "docs", "report.md"), "utf8");
  const schema = z.toJSONSchema(clockReportSchema);
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const name of Object.keys((node as { properties?: object }).properties ?? {})) names.add(name);
    for (const value of Object.values(node)) walk(value);
  };
  walk(schema);
  expect(names.size).toBeGreaterThan(60);
  expect([...names].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
