import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, normalize, relative, resolve } from "node:path";

const PROJECT_DIR = resolve(__dirname, "..");

/** Rooms of the house, and the rooms whose values they may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  schedule: [],
  functions: ["schedule"],
  config: ["schedule"],
  report: ["schedule"],
  github: [],
  constructs: ["schedule"],
  compare: ["config", "report", "schedule"],
  bench: ["app", "config", "constructs", "local", "plan", "report", "schedule"],
  stacks: ["constructs", "config", "schedule"],
  plan: ["config", "constructs", "local", "schedule", "state"],
  state: ["constructs", "config", "schedule", "local"],
};

/** Rooms besides of which they may import types: what a function's event looks like, what an environment has. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  constructs: ["functions", "config"],
  stacks: ["functions"],
};

interface Import {
  readonly file: string;
  readonly module: string;
  readonly typeOnly: boolean;
}

function sources(directory: string): string[] {
  return readdirSync(join(PROJECT_DIR, directory), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(directory, path));
}

const FROM = /^(?:import|export)\s(?<what>[^;]*?)\sfrom\s"(?<from>[^"]+)"|^import\s"(?<bare>[^"]+)"/gm;
const CALLED = /\b(?:import|require)\(\s*"(?<called>[^"]+)"/g;

function importsOf(file: string): Import[] {
  const code = readFileSync(join(PROJECT_DIR, file), "utf8");
  return [...code.matchAll(FROM), ...code.matchAll(CALLED)].map(({ groups }) => ({
    file,
    module: groups?.from ?? groups?.bare ?? groups?.called ?? "",
    typeOnly: isTypeOnly(groups?.what ?? ""),
  }));
}

/** `import type { … }`, or `import { type A, type B }`. */
function isTypeOnly(what: string): boolean {
  if (/^type\s/.test(what)) return true;
  const names = /^\{(.*)\}$/s
    .exec(what)?.[1]
    ?.split(",")
    .map((name) => name.trim());
  return names?.filter(Boolean).every((name) => name.startsWith("type ")) ?? false;
}

/** The room a relative import leads into: `config`, or the file's name for one at the root; undefined for packages. */
function roomOf({ file, module }: Import): string | undefined {
  if (!module.startsWith(".")) return undefined;
  const target = normalize(join(dirname(file), module));
  return target.includes("/") ? target.split("/")[0] : target;
}

const shown = ({ file, module }: Import) => `${file} imports ${module}`;

const ROOMS = Object.keys(MAY_IMPORT);
const ALL = [...ROOMS, "local"].flatMap(sources).concat("app.ts", "main.ts");
const imports = ALL.flatMap(importsOf);

test("the imports are found", () => {
  const found = imports.map(shown);
  expect(found).toContain("stacks/clock-stack.ts imports ../constructs/failure-queue");
  expect(found).toContain("functions/runtime/ledger.ts imports @aws-sdk/client-dynamodb");
  expect(imports.filter(({ module }) => module === "")).toEqual([]);
  expect(isTypeOnly("type { A }")).toBe(true);
  expect(isTypeOnly("{ type A, type B }")).toBe(true);
  expect(isTypeOnly("{ type A, b }")).toBe(false);
  expect(isTypeOnly("* as all")).toBe(false);
});

describe.each(ROOMS)("%s", (room) => {
  // A command wires the rooms together, as main.ts does, and nobody imports it.
  const own = imports.filter(({ file }) => file.startsWith(`${room}/`) && !scriptEntries().includes(file));
  const outward = own.filter((one) => ![undefined, room].includes(roomOf(one)));

  test("imports values only from rooms it stands on", () => {
    const wrong = outward.filter((one) => !one.typeOnly && !MAY_IMPORT[room]?.includes(roomOf(one) ?? ""));
    expect(wrong.map(shown)).toEqual([]);
  });

  test("imports types from few rooms besides", () => {
    const allowed = [...(MAY_IMPORT[room] ?? []), ...(MAY_IMPORT_TYPES[room] ?? [])];
    expect(outward.filter((one) => one.typeOnly && !allowed.includes(roomOf(one) ?? "")).map(shown)).toEqual([]);
  });
});

test("nobody imports a command", () => {
  const commands = new Set(scriptEntries().map((file) => file.replace(/\.ts$/, "")));
  const wrong = imports.filter(({ file, module }) => commands.has(normalize(join(dirname(file), module))));
  expect(wrong.map(shown)).toEqual([]);
});

test("schedule/ is pure: it imports nothing but itself, no package and nothing of Node.js, and reads no clock", () => {
  const outside = imports.filter((one) => one.file.startsWith("schedule/") && roomOf(one) !== "schedule");
  expect(outside.map(shown)).toEqual([]);
  for (const file of sources("schedule")) {
    const code = readFileSync(join(PROJECT_DIR, file), "utf8");
    expect([file, /\bDate\.now\(|\bnew Date\(\)|\bprocess\.|\bsetTimeout\(|\bMath\.random\(/.test(code)]).toEqual([
      file,
      false,
    ]);
  }
});

test("no provider's barrel is imported: it takes 11 s and 750 MB", () => {
  const tests = sources("__tests__").flatMap(importsOf);
  const barrels = [...imports, ...tests].filter(({ module }) =>
    /^@cdktf\/provider-[a-z]+(\/(index|lib|lib\/index))?$/.test(module),
  );
  expect(barrels.map(shown)).toEqual([]);
});

test("functions import no cdktf, and constructs and stacks no AWS SDK", () => {
  const wrong = imports.filter(
    ({ file, module }) =>
      (file.startsWith("functions/") && /^(@?cdktf|constructs$)/.test(module)) ||
      (/^(constructs|stacks|config)\//.test(file) && module.startsWith("@aws-sdk/")),
  );
  expect(wrong.map(shown)).toEqual([]);
});

test("the policy simulator, which is under the AGPL, is the tests' alone: nothing that is deployed or run imports it", () => {
  const simulator = ({ module }: Import) => module.startsWith("@cloud-copilot/");
  expect(imports.filter(simulator).map(shown)).toEqual([]);
  expect(sources("__tests__").flatMap(importsOf).some(simulator)).toBe(true);
});

test("what is imported is a dependency or Node.js's own", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(PROJECT_DIR, "package.json"), "utf8"));
  const declared = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies), "aws-lambda"]);
  const undeclared = imports.filter(({ module }) => {
    const name = module
      .split("/")
      .slice(0, module.startsWith("@") ? 2 : 1)
      .join("/");
    return !module.startsWith(".") && !isBuiltin(module) && !declared.has(name);
  });
  expect(undeclared.map(shown)).toEqual([]);
});

test("only entry files read the process's environment, and functions by one helper", () => {
  const reading = ALL.filter((file) => /\bprocess\.env\b/.test(readFileSync(join(PROJECT_DIR, file), "utf8")));
  const allowed = ["main.ts", "functions/runtime/environment.ts", ...scriptEntries()];
  expect(reading.filter((file) => !allowed.includes(file))).toEqual([]);
  expect(reading).toEqual(expect.arrayContaining(["main.ts", "functions/runtime/environment.ts"]));
});

/** The files that package.json's scripts start. */
function scriptEntries(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT_DIR, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = Object.values(scripts).flatMap((script) => script.match(/[\w./-]+\.ts\b/g) ?? []);
  return named
    .map((file) => relative(PROJECT_DIR, resolve(PROJECT_DIR, file)))
    .filter((file) => existsSync(join(PROJECT_DIR, file)));
}

test("strategies are told apart in one place: nobody else compares a strategy's kind, but the validation and the defaults", () => {
  const comparing = ALL.filter((file) =>
    /\bkind\b\s*(\)|===|!==|\{)|case "(sfn-loop|lambda-clock)"/.test(readFileSync(join(PROJECT_DIR, file), "utf8")),
  ).filter((file) => /^(app|config|stacks|constructs)/.test(file));
  expect(comparing).toEqual(["config/combinations.ts", "config/describe-clock.ts", "app.ts"]);
});
