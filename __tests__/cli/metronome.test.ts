import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allVariants, type Comparison } from "../../cli/compare/comparison";
import { Context } from "../../cli/lib/context";
import { runCommandLine } from "../../cli/program";
import { PROJECT_DIR } from "../../host/work-dir";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** Without the line about the end of Node.js 20. */
  readonly stderr: string;
}

/** Runs a program in the checkout, as a user does. */
function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(file, args, {
    cwd: PROJECT_DIR,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (text) => (ended[name] += text));
  return new Promise((resolve) =>
    child.once("close", (code) =>
      resolve({ code, stdout: ended.stdout, stderr: ended.stderr.replace(/^Node\.js 20 .*\n/, "") }),
    ),
  );
}

const metronome = (...args: readonly string[]) => run(process.execPath, ["cli/metronome.mjs", ...args]);

/** Runs command lines one after the other in this process, and returns what each ended with. */
async function all(lines: readonly (readonly string[])[]): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const line of lines) {
    const printed = { stdout: "", stderr: "" };
    const to = (name: keyof typeof printed) => (text: unknown) => {
      printed[name] += text;
      return true;
    };
    const spies = [
      jest.spyOn(process.stdout, "write").mockImplementation(to("stdout")),
      jest.spyOn(process.stderr, "write").mockImplementation(to("stderr")),
      jest.spyOn(console, "log").mockImplementation((text) => to("stdout")(`${text}\n`)),
      jest.spyOn(console, "error").mockImplementation((text) => to("stderr")(`${text}\n`)),
    ];
    try {
      const env = { PATH: process.env.PATH };
      const terminal = { isTTY: false, colour: false, columns: undefined };
      const context = new Context(env, terminal, new AbortController().signal, () => undefined);
      ended.push({ code: await runCommandLine(line, context), ...printed });
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }
  return ended;
}

/** Each command with arguments that it takes, and its exit code for a wrong command line. */
const COMMANDS: readonly (readonly [name: string, args: string, usage: number])[] = [
  ["start", "", 2],
  ["stop", "", 2],
  ["doctor", "", 2],
  ["plan", "dev", 1],
  ["deploy", "dev --plan x", 2],
  ["drift", "dev", 1],
  ["lock", "dev", 2],
  ["state versions", "dev", 2],
  ["state restore", "dev latest-good", 2],
  ["state lock", "dev", 2],
  ["state unlock", "dev an-id", 2],
  ["state adopt", "dev", 2],
  ["next", "dev", 2],
  ["report", "dev", 2],
  ["compare", "", 2],
  ["bench", "", 2],
  ["ci check", "", 2],
  ["ci environments", "", 2],
  ["ci pull-request", "12", 2],
  ["ci check-synthesized", "cdktf.out dev", 2],
  ["ci plan-comment", "plans/dev", 2],
  ["ci sticky-comment", "7 plan x", 2],
  ["ci commit-status", `${"a".repeat(40)} plan success text`, 2],
  ["ci drift-issue", "dev --exit-code 0 --text x", 2],
];

const words = (line: string) => line.split(" ").filter(Boolean);

/** A failure's one line on stderr, with nothing on stdout. */
function refusal(code: number, line: RegExp) {
  return { code, stdout: "", stderr: expect.stringMatching(new RegExp(`^error: .*${line.source}.*\n$`)) };
}

test("every command has a help with an example and its exit codes", async () => {
  const helps = await all(COMMANDS.map(([name]) => [...words(name), "--help"]));
  for (const [k, [name, , usage]] of COMMANDS.entries()) {
    const { code, stdout, stderr } = helps[k] as Ended;
    expect([name, code, stderr]).toEqual([name, 0, ""]);
    expect(stdout).toMatch(new RegExp(`^Usage: metronome ${name} `));
    expect(stdout).toContain(`\n  npx metronome ${name}`);
    expect(stdout).toMatch(
      usage === 1 ? /\n {2}1 {4}error, or wrong command line\n/ : /\n {2}2 {4}wrong command line\n/,
    );
  }
}, 120_000);

test("the workflows run commands that exist", () => {
  const files = readdirSync(join(PROJECT_DIR, ".github"), { recursive: true, encoding: "utf8" });
  const used = files
    .filter((file) => file.endsWith(".yml"))
    .flatMap((file) => [
      ...readFileSync(join(PROJECT_DIR, ".github", file), "utf8").matchAll(/npx metronome ((?:ci |state )?\S+)/g),
    ])
    .map(([, command]) => command);
  expect(used).not.toEqual([]);
  expect(COMMANDS.map(([name]) => name)).toEqual(expect.arrayContaining(used));
});

test("every command refuses an unknown option in one line", async () => {
  const refused = await all(COMMANDS.map(([name, args]) => [...words(name), ...words(args), "--nope"]));
  for (const [k, [name, , usage]] of COMMANDS.entries()) {
    expect([name, refused[k]]).toEqual([name, refusal(usage, /unknown option '--nope'/)]);
  }
}, 120_000);

test("every command that works on an environment refuses an unknown one, with its name and those of all others", async () => {
  const lines = COMMANDS.filter(([name, args]) => / ?dev/.test(args) && !name.startsWith("ci ")).map(
    ([name, args, usage]) => [[...words(name), ...words(args.replace("dev", "prd"))], usage] as const,
  );
  lines.push([["ci", "environments", "--only", "prd"], 2], [["plan", "dev", "toString"], 1]);
  const refused = await all(lines.map(([line]) => line));
  for (const [k, [line, usage]] of lines.entries()) {
    const message =
      /"(prd|toString)" is not an environment of config\/environments\.ts\. Write one of local, dev, prod\./;
    expect([line, refused[k]]).toEqual([line, refusal(usage, message)]);
  }
}, 120_000);

test("values that cannot be meant are refused with what to write", async () => {
  const lines: readonly (readonly [line: string, code: number, message: RegExp])[] = [
    ["", 2, /(?:)/],
    ["plna", 2, /unknown command 'plna' \(Did you mean plan\?\)/],
    ["start --strategy sundial", 2, /Allowed choices are sfn-loop, lambda-clock, sqs-delay\./],
    ["start --interval 10", 2, /'10' is invalid\. Write whole seconds, minutes or hours/],
    ["start --strategy lambda-clock --pacing relative", 2, /the strategy lambda-clock has no pacing/],
    ["plan", 1, /missing required argument 'env'/],
    ["plan dev --commit abc --synthesized x", 1, /Write the whole commit hash: 40 hexadecimal digits\./],
    [`plan dev --commit ${"a".repeat(40)}`, 1, /add --synthesized <dir>/],
    ["deploy dev prod --plan x", 2, /too many arguments/],
    ["deploy dev", 2, /one of --plan <dir> and --digest <sha256>/],
    [`deploy dev --plan x --digest ${"a".repeat(64)}`, 2, /one of --plan <dir> and --digest <sha256>/],
    ["deploy dev --digest abc", 2, /Write the whole digest: 64 hexadecimal digits\./],
    ["state", 2, /(?:)/],
    ["state lock dev --stack x", 2, /Allowed choices are clock, state, ci\./],
    ["state unlock dev", 2, /missing required argument 'ID'/],
    ["state unlock dev a b", 2, /too many arguments/],
    ["next dev --schedule nope", 2, /"nope" is not a schedule of dev\. Write heartbeat\./],
    ["next dev -n 0", 2, /'0' is invalid\. Write a whole number from 1 to 10000, such as 20\./],
    ["next dev -n 10001", 2, /Write a whole number from 1 to 10000/],
    ["next dev --from 1h", 2, /Write an instant with its zone, such as "2026-11-22T18:00:00Z"\./],
    ["report dev --since soon", 2, /Write a span such as "90s", "1h" or "30d"/],
    ["report dev --since 20s", 2, /the span from .* is empty: --since must be before --until/],
    ["report dev --max-skew 1.5", 2, /Write whole milliseconds, such as 100\./],
    ["compare 10s", 2, /too many arguments/],
    ["compare --interval 25h", 2, /'25h' is invalid\. Write whole seconds, minutes or hours from 1s to 24h/],
    ["compare --intervall 10s", 2, /unknown option '--intervall' \(Did you mean --interval\?\)/],
    ["bench --for 90s", 2, /Write whole minutes or hours, at most 24h/],
    ["ci sticky-comment seven plan x", 2, /Write the number of a pull request, such as 7\./],
    ["ci drift-issue dev --exit-code 1 --text x", 2, /Allowed choices are 0, 2\./],
  ];
  const refused = await all(lines.map(([line]) => words(line)));
  for (const [k, [line, code, message]] of lines.entries()) {
    if (message.source === "(?:)") {
      // Without a command, the help is the answer.
      expect(refused[k]).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(/^Usage: metronome/) });
    } else expect([line, refused[k]]).toEqual([line, refusal(code, message)]);
  }
}, 120_000);

test("next prints the next ticks, and nothing but JSON with --json", async () => {
  const from = ["--from", "2026-11-22T18:25:10+00:00", "-n", "2"];
  const [table, json] = await all([
    ["next", "dev", ...from],
    ["next", "dev", "--json", ...from],
  ]);
  expect(table).toMatchObject({ code: 0, stderr: "" });
  expect(table?.stdout).toMatch(/^2026-11-22T18:25:20Z {2}heartbeat {2}every 10s {2}heartbeat-1795371920\n$/m);
  expect(json).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(json?.stdout ?? "")).toMatchObject({
    schemaVersion: 1,
    environment: "dev",
    ticks: [{ id: "heartbeat-1795371910" }, { id: "heartbeat-1795371920" }],
  });
}, 60_000);

test("compare prints tables, for 10 s by default, and nothing but JSON with --json", async () => {
  const [tables, json] = await all([["compare"], ["compare", "--interval", "1m", "--json"]]);
  expect(tables).toMatchObject({ code: 0, stderr: "" });
  expect(tables?.stdout).toMatch(/^Strategies for a tick every 10s\n/);
  expect(json?.code).toBe(0);
  const comparison = JSON.parse(json?.stdout ?? "") as Comparison;
  expect(comparison).toMatchObject({ schemaVersion: 1, interval: "1m" });
  expect(comparison.variants.map(({ id }) => id)).toEqual(allVariants().map(({ id }) => id));
}, 60_000);

test("FORCE_COLOR colours what no terminal shows, and NO_COLOR prevails", async () => {
  const [coloured, plain] = await Promise.all(
    [{ FORCE_COLOR: "1" }, { FORCE_COLOR: "1", NO_COLOR: "1" }].map((env) =>
      run(process.execPath, ["cli/metronome.mjs", "compare"], env),
    ),
  );
  expect(coloured?.stdout).toContain("\u001b[1mStrategies for a tick every 10s");
  expect(plain?.stdout).not.toContain("\u001b");
}, 60_000);

test("npx finds the program in a checkout, without a registry", async () => {
  const home = mkdtempSync(join(tmpdir(), "npx-"));
  try {
    const env = { HOME: home, npm_config_offline: "true", npm_config_update_notifier: "false" };
    const { code, stdout } = await run("npx", ["metronome", "ci", "environments"], env);
    expect([code, stdout]).toEqual([0, "local\ndev\nprod\n"]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}, 60_000);

test("an error is printed with every character visible", async () => {
  const { stderr } = await metronome("drift", "\u202edev\u009b");
  expect(stderr).toContain('"\\u{202e}dev\\u{9b}" is not an environment');
});
