import fs, { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployReviewed } from "../../../cli/terraform/deploy-reviewed";
import { planEnvironment } from "../../../cli/terraform/plan-environment";
import { readSummary } from "../../../cli/terraform/plan-section";
import { FORGERIES } from "./forged-plan";
import { planJson } from "./plan-json";

/** One start of the program that stands in for Terraform. */
interface Call {
  readonly args: readonly string[];
  readonly cwd: string;
  /** The files there, from below. */
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What is applied. */
  readonly applied: string | null;
}

const OWN_PLAN = "the plan that this checkout made";

/** Stands in for Terraform: notes each call, and plans one change in the directory that it is started in. */
const TERRAFORM = `#!${process.execPath}
const { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } = require("node:fs");
const [, , ...args] = process.argv;
const file = args.at(-1);
const call = {
  args,
  cwd: process.cwd(),
  files: readdirSync(".", { recursive: true }),
  env: process.env,
  applied: args[0] === "apply" ? readFileSync(file, "utf8") : null,
};
appendFileSync(__dirname + "/calls.jsonl", JSON.stringify(call) + "\\n");
switch (args[0]) {
  case "init":
    if (!existsSync(".terraform.lock.hcl")) writeFileSync(".terraform.lock.hcl", "its own providers");
    break;
  case "state":
    console.log(JSON.stringify({ serial: 3, lineage: "a" }));
    break;
  case "plan":
    writeFileSync("plan.tfplan", ${JSON.stringify(OWN_PLAN)});
    process.exit(2);
  case "show":
    console.log(${JSON.stringify(JSON.stringify(planJson({ resources: [{ address: "aws_sqs_queue.q", actions: ["create"] }] })))});
}
`;

let scratch: string;
let directory: string;
let env: NodeJS.ProcessEnv;
const say = () => undefined;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "forged-"));
  const terraform = join(scratch, "bin", "terraform");
  mkdirSync(join(scratch, "bin"));
  writeFileSync(terraform, TERRAFORM);
  chmodSync(terraform, 0o755);
  env = { PATH: process.env.PATH, HOME: scratch, TERRAFORM_BINARY_NAME: terraform };
  const reviewed = join(scratch, "reviewed");
  const { section } = await planEnvironment("dev", { env, directory: reviewed, say });
  expect(section.outcome).toEqual(expect.objectContaining({ kind: "planned" }));
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeEach(() => {
  directory = join(scratch, "forged");
  rmSync(directory, { recursive: true, force: true });
  fs.cpSync(join(scratch, "reviewed"), directory, { recursive: true });
  rmSync(join(scratch, "bin", "calls.jsonl"), { force: true });
});
afterEach(() => jest.restoreAllMocks());

const calls = (): Call[] =>
  readFileSync(join(scratch, "bin", "calls.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Notes which paths this process opens, lists or copies. */
function watchReads(): () => string[] {
  const names = ["readFileSync", "readdirSync", "openSync", "cpSync", "copyFileSync", "createReadStream"] as const;
  const spies = names.map((name) => jest.spyOn(fs, name));
  return () => spies.flatMap((spy) => spy.mock.calls.map(([path]) => String(path)));
}

test.each(FORGERIES)(
  "$attack does nothing: of the directory deploy reads the digest alone",
  async ({ forge }) => {
    const marker = join(scratch, "evil-ran");
    forge(directory, marker);
    const reads = watchReads();
    await expect(deployReviewed("dev", { env, reviewed: { directory }, say })).resolves.toMatchObject({
      applied: true,
    });

    expect(reads().filter((path) => path.startsWith(directory))).toEqual([join(directory, "steps.json")]);
    const all = calls();
    expect(all.map(({ args }) => args[0])).toEqual(["init", "state", "plan", "show", "apply"]);
    expect(all.at(-1)?.applied).toBe(OWN_PLAN);
    for (const { cwd, args, env: variables, files } of all) {
      expect(cwd.startsWith(directory)).toBe(false);
      expect([args, variables].flatMap((what) => Object.values(what)).join("\n")).not.toContain(directory);
      const own = /^(cdk\.tf\.json|assets(\/.*)?|manifest\.json|plan\.tfplan|\.terraform\.lock\.hcl)$/;
      expect(files.filter((file) => !own.test(file))).toEqual([]);
    }
    expect(existsSync(marker)).toBe(false);
  },
  60_000,
);

test("a plan says when it was made, and the time is not in its digest", async () => {
  const plannedAt = async (now: number) => {
    const planned = join(scratch, `planned-${now}`);
    const { section } = await planEnvironment("dev", { env, directory: planned, say, now: () => now });
    return { section, summary: readSummary(planned), steps: readFileSync(join(planned, "steps.json"), "utf8") };
  };
  const [one, other] = [await plannedAt(0), await plannedAt(86_400_000)];
  expect([one, other].map(({ section: { outcome } }) => "plannedAt" in outcome && outcome.plannedAt)).toEqual([
    "1970-01-01T00:00:00.000Z",
    "1970-01-02T00:00:00.000Z",
  ]);
  expect(one.summary).toEqual(one.section);
  expect(one.section.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(other.section.digest).toBe(one.section.digest);
  expect(other.steps).toBe(one.steps);
}, 60_000);

test("a directory whose digest is forged is refused, and nothing is applied", async () => {
  const file = join(directory, "steps.json");
  const steps = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...steps, digest: "0".repeat(64) }));
  const deployed = deployReviewed("dev", { env, reviewed: { directory }, say });
  await expect(deployed).rejects.toThrow("was altered: its steps do not have its digest");
  expect(existsSync(join(scratch, "bin", "calls.jsonl"))).toBe(false);
}, 60_000);
