import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_DIR } from "../host/work-dir";

/** The project's own TypeScript files below a folder, relative to the root. */
function sources(folder: string): string[] {
  return readdirSync(join(PROJECT_DIR, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}

const matching = (files: readonly string[], pattern: RegExp) =>
  files.filter((file) => pattern.test(readFileSync(join(PROJECT_DIR, file), "utf8")));

test("schedule/ reads no clock, no environment and no chance", () => {
  const files = sources("schedule");
  expect(files).toContain("schedule/grid.ts");
  expect(
    matching(
      files,
      /\bDate\.now\b|\bnew Date\(\)|\bprocess\.|\bset(Timeout|Interval)\(|\bMath\.random\b|\bperformance\./,
    ),
  ).toEqual([]);
});

test("only entry files read the process's environment, and functions by one helper", () => {
  const folders = ["config", "schedule", "strategies", "functions", "constructs", "stacks", "cli", "emulator", "host"];
  const reading = matching([...folders.flatMap(sources), "main.ts"], /\bprocess\.env\b|\benv\b[^;=]*\} = process\b/);
  // The files that package.json's scripts and the `metronome` command start.
  const starters = ["package.json", "cli/run.mjs", "cli/metronome.mjs"]
    .map((file) => readFileSync(join(PROJECT_DIR, file), "utf8"))
    .join();
  const entries = starters.match(/\w[\w./-]*\.ts\b/g) ?? [];
  const allowed = ["main.ts", "functions/runtime/environment.ts", ...entries];
  expect(reading.filter((file) => !allowed.some((entry) => file.endsWith(entry)))).toEqual([]);
  expect(reading).toEqual(expect.arrayContaining(allowed.slice(0, 2)));
});
