import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { PROJECT_DIR } from "../../host/work-dir";

jest.setTimeout(120_000);

/** A directory in which the packed package is installed. */
let user: string;
let files: string[];
beforeAll(() => {
  user = mkdtempSync(join(tmpdir(), "metronome-tick-"));
  const made = join(user, "made");
  mkdirSync(made);
  for (const file of ["package.json", "README.md"]) copyFileSync(join(PROJECT_DIR, "tick", file), join(made, file));
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: PROJECT_DIR, stdio: "pipe" });
  node(join("tick", "build.mjs"), join(made, "dist"));
  const packed = execFileSync("npm", ["pack", "--json", "--offline", made], { cwd: user, encoding: "utf8" });
  const [one] = JSON.parse(packed) as { filename: string; files: { path: string }[] }[];
  files = one?.files.map(({ path }) => path).sort() ?? [];
  const installed = join(user, "node_modules", "lambda-metronome-tick");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", String(one?.filename), "-C", installed, "--strip-components=1"], { cwd: user });
});
afterAll(() => rmSync(user, { recursive: true, force: true }));

test("the tarball has its modules in two forms, the types, the readme and the licence, and nothing else", () => {
  expect(files).toEqual([
    "LICENSE",
    "README.md",
    "dist/contract.d.ts",
    "dist/dynamodb.cjs",
    "dist/dynamodb.d.ts",
    "dist/dynamodb.mjs",
    "dist/hold.d.ts",
    "dist/index.cjs",
    "dist/index.d.ts",
    "dist/index.mjs",
    "dist/lease.d.ts",
    "dist/on-tick.d.ts",
    "dist/read-event.d.ts",
    "package.json",
  ]);
});

test("it has no dependencies, and takes less than 5 kB of a bundle", () => {
  const { dependencies, version } = JSON.parse(readFileSync(join(user, "made", "package.json"), "utf8"));
  expect([dependencies, version]).toEqual([undefined, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  const entry = 'import { onTick } from "lambda-metronome-tick"; export const handler = onTick(() => 1);';
  const { outputFiles } = buildSync({
    stdin: { contents: entry, resolveDir: user },
    bundle: true,
    minify: true,
    platform: "node",
    write: false,
  });
  expect(outputFiles[0]?.contents.length).toBeLessThan(5_000);
});

test.each([
  ["cjs", 'const { onTick } = require("lambda-metronome-tick");'],
  ["mjs", 'import { onTick } from "lambda-metronome-tick";'],
])("a %s program runs a tick with it", (extension, load) => {
  const now = new Date().toISOString();
  const tick = { id: "beat-1", schedule: "beat", strategy: "toy", scheduledAt: now, dispatchedAt: now };
  const event = { tick: { ...tick, expiresAt: "2999-01-01T00:00:00.000Z" }, payload: { n: 7 } };
  const program = `${load}\nonTick(({ n }, tick) => n + tick.id)(${JSON.stringify(event)}).then(console.log);`;
  writeFileSync(join(user, `program.${extension}`), program);
  const output = execFileSync(process.execPath, [`program.${extension}`], { cwd: user, encoding: "utf8" }).split("\n");
  expect(JSON.parse(output[0] ?? "")).toMatchObject({ message: "tick.started", tick: { id: "beat-1" } });
  expect(output[1]).toBe("7beat-1");
});

test("a TypeScript program compiles against its types, and a wrong one does not", () => {
  const compile = (name: string, line: string) => {
    const source = `import { onTick } from "lambda-metronome-tick";\n${line}\n`;
    writeFileSync(join(user, `${name}.ts`), source);
    const tsc = join(PROJECT_DIR, "node_modules", "typescript", "bin", "tsc");
    const args = [
      tsc,
      "--noEmit",
      "--strict",
      "--module",
      "node16",
      "--skipLibCheck",
      "--target",
      "es2022",
      `${name}.ts`,
    ];
    execFileSync(process.execPath, args, { cwd: user, stdio: "pipe" });
  };
  compile("right", "export const handler = onTick<{ n: number }>(({ n }, tick) => n + tick.id.length);");
  expect(() => compile("wrong", "export const handler = onTick<{ n: number }>(({ m }) => m);")).toThrow();
});
