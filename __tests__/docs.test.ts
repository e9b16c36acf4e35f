import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { PROJECT_DIR } from "../host/work-dir";

const PAGES = [
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(PROJECT_DIR, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
];

const read = (page: string) => readFileSync(join(PROJECT_DIR, page), "utf8");

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
}

test.each(PAGES)("%s links to files and headings that exist", (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
  const broken = links.flatMap(([, path = "", anchor]) => {
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(PROJECT_DIR, target))) return [target];
    return anchor && target.endsWith(".md") && !anchorsOf(target).includes(anchor) ? [`${target}#${anchor}`] : [];
  });
  expect(broken).toEqual([]);
});

test("the table of promises names tests that exist", () => {
  const named = [...read("CONTRIBUTING.md").matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(PROJECT_DIR, "__tests__", path)))).toEqual([]);
});

test("SECURITY.md names tests that exist", () => {
  const named = [...read("SECURITY.md").matchAll(/`(__tests__\/[\w/.-]+\.test\.ts)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(join(PROJECT_DIR, path)))).toEqual([]);
});

test("code owners and Dependabot are told of files and folders that exist", () => {
  const owned = [...read(".github/CODEOWNERS").matchAll(/^\/(\S+) /gm)].map(([, path = ""]) => path);
  const { updates } = parse(read(".github/dependabot.yml")) as { updates: DependabotUpdate[] };
  const updated = updates.flatMap(({ directory, directories = [] }) => [directory ?? [], directories].flat());
  const paths = [...owned, ...updated.map((one) => one.replace(/^\/|\/\*$/g, ""))];
  expect([owned.length > 5, updated.length > 5]).toEqual([true, true]);
  expect(paths.filter((path) => !existsSync(join(PROJECT_DIR, path)))).toEqual([]);
});

interface DependabotUpdate {
  readonly directory?: string;
  readonly directories?: readonly string[];
}

test("each guarantee names a test that exists", () => {
  const tests = ["guarantees", "everything"].map((name) => read(`__tests__/simulation/${name}.test.ts`)).join("\n");
  const sections = read("docs/guarantees.md").split(/^## /m).slice(1);
  const rows = sections.flatMap((section) => [...section.matchAll(/^\| (?!fault|---).*\|$/gm)].map(([row]) => row));
  expect(rows.length).toBeGreaterThan(25);
  const named = rows.map((row) => /\| `([^`]+)` \|$/.exec(row)?.[1] ?? row);
  named.push(/`(whatever fails: [^`]+)`/.exec(read("docs/guarantees.md"))?.[1] ?? "all of it at once");
  expect(named.filter((name) => !tests.includes(`"${name}"`))).toEqual([]);
});

/** Messages of Terraform and AWS, which the page names as well. */
const THEIRS =
  /^(Invalid account|AWS account|Failed to get|Backend conf|Bucket|Error acq|Unsupported|Instance cannot|StateMachineDel|no available rel)/;

test("troubleshooting names messages that the code has", () => {
  const folders = ["cli", "config", "stacks", "strategies", "emulator", "host"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(PROJECT_DIR, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(ts|py)$/.test(path))
      .map((path) => read(join(folder, path))),
  );
  const code = files.join("\n").toLowerCase();
  const rows = [...read("docs/troubleshooting.md").matchAll(/^\| ([^|]*) \|/gm)].map(([, cell = ""]) => cell);
  const messages = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message = ""]) => message));
  const parts = messages
    .filter((one) => !THEIRS.test(one))
    .flatMap((one) => one.split(/…|\d+/).map((part) => part.trim()));
  const unknown = parts.filter((part) => part.length > 8 && !code.includes(part.toLowerCase()));
  expect([messages.length > 20, unknown]).toEqual([true, []]);
});
