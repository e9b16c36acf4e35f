import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { LOCAL, type LocalFields, localEnvironment } from "../../../cli/start/session";
import { readReviewed } from "../../../cli/terraform/reviewed-plan";
import { synthesize } from "../../../cli/terraform/synthesize";
import { stackId } from "../../../constructs/naming";
import { emulatorEnvironment } from "../../../emulator/aws-environment";
import { embeddedS3 } from "../../../emulator/state-bucket";
import { PROJECT_DIR, WORK_DIR } from "../../../host/work-dir";
import { type Duration, MINUTE_MS } from "../../../schedule/duration";
import { FORGERIES } from "../../cli/terraform/forged-plan";
import { EmulatorSession } from "../support/emulator-session";

const every = (interval: Duration): LocalFields => ({
  strategy: { kind: "sfn-loop" },
  schedules: [{ name: "beat", interval }],
});

// Below 26 s nothing is traced, so that a plan with another interval changes the state machine and little else.
const FIRST = every("25s");
const STATE_KEY = `${stackId(LOCAL)}/terraform.tfstate`;
const LOCK_KEY = `${STATE_KEY}.tflock`;
const LOCK = {
  ID: "0d4a3a49-7f0c-0b1e-5d6f-2d0f4f9e6a10",
  Operation: "OperationTypeApply",
  Info: "",
  Who: "anna@build-7",
  Version: "1.11.4",
  Created: "2026-11-22T22:58:03.123456789Z",
  Path: `${localEnvironment({}).backend.bucket}/${STATE_KEY}`,
};

interface Run {
  readonly code: number | null;
  readonly output: string;
}

describe("a plan is reviewed, and only a plan with its digest is applied", () => {
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(WORK_DIR, "e2e-plan-"));
  const emulator = new EmulatorSession();
  const { bucket } = localEnvironment({}).backend;
  const reviewed = join(directory, "first");
  const running = new Set<ChildProcess>();
  let s3: S3Client;

  beforeAll(async () => {
    await emulator.open();
    s3 = embeddedS3(emulator.session.emulator.endpoint, "us-east-1");
  }, 3 * MINUTE_MS);

  afterAll(async () => {
    s3?.destroy();
    for (const child of running) child.kill("SIGKILL");
    await emulator.close();
    rmSync(directory, { recursive: true, force: true });
  }, MINUTE_MS);

  it(
    "plans from nothing: exit code 2, the digest in the comment, and no lock left",
    async () => {
      const { code, output } = await run(FIRST, "plan", LOCAL, "--out", reviewed);
      expect(output).toContain(`npm run deploy -- ${LOCAL} --plan`);
      expect(code).toBe(2);
      expect(readdirSync(reviewed).sort()).toEqual(["plan.md", "plan.txt", "steps.json", "summary.json"]);
      const { digest, state } = readReviewed(reviewed, LOCAL);
      expect(state).toBeNull();
      expect(readFileSync(join(reviewed, "plan.md"), "utf8")).toContain(digest);
      expect(JSON.parse(readFileSync(join(reviewed, "summary.json"), "utf8"))).toMatchObject({ digest });
      expect(output).toContain(digest);
      expect(await keys()).toEqual([]);
    },
    3 * MINUTE_MS,
  );

  it(
    "refuses what was not reviewed, names what differs, and applies nothing",
    async () => {
      const altered = join(directory, "altered");
      cpSync(reviewed, altered, { recursive: true });
      const steps = join(altered, "steps.json");
      writeFileSync(steps, readFileSync(steps, "utf8").replace(/"aws_[^"]*": "[^"]*",/, ""));
      expect(await refused(FIRST, LOCAL, "--plan", altered)).toContain("was altered");
      expect(await refused(FIRST, "dev", "--plan", reviewed)).toContain(`This is a plan of "${LOCAL}", not of "dev".`);

      const digest = "0".repeat(64);
      expect(await refused(FIRST, LOCAL, "--digest", digest)).toMatch(
        new RegExp(`its digest is ${readReviewed(reviewed, LOCAL).digest}, and ${digest} was reviewed`),
      );

      const moved = await refused(every("24s"), LOCAL, "--plan", reviewed);
      expect(moved).toMatch(/is not the reviewed one: aws_sfn_state_machine\.\S+, output\.clock[.;]/);
      expect(await keys()).toEqual([]);
    },
    4 * MINUTE_MS,
  );

  it(
    "refuses the plan of other code, by the functions that it belongs to",
    async () => {
      const output = join(directory, "synthesized");
      const stack = await synthesize({ stack: stackId(LOCAL), output, env: settings(FIRST) });
      const sources = readdirSync(join(stack, "assets"), { recursive: true, encoding: "utf8" });
      const [source] = sources.filter((path) => /^iterator.*index\.js$/.test(path));
      appendFileSync(join(stack, "assets", String(source)), "// other code");
      const foreign = join(directory, "foreign");
      expect((await run(FIRST, "plan", LOCAL, "--synthesized", output, "--out", foreign)).code).toBe(2);
      const message = await refused(FIRST, LOCAL, "--plan", foreign);
      expect(message).toMatch(
        /is not the reviewed one: aws_lambda_function\.iterator_function_\w+, data\.archive_file\.iterator_archive_\w+[.;]/,
      );
      expect(await keys()).toEqual([]);
    },
    3 * MINUTE_MS,
  );

  it(
    "says who holds a lock, and leaves nothing that could be deployed",
    async () => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: LOCK_KEY, Body: JSON.stringify(LOCK) }));
      try {
        const locked = join(directory, "locked");
        const { code, output } = await run(FIRST, "plan", LOCAL, "--out", locked);
        expect(output).toMatch(
          /ID: +0d4a3a49.*Who: +anna@build-7.*Created: +2026-11-22 22:58:03.*unlock local 0d4a3a49/s,
        );
        expect(code).toBe(1);
        expect(readFileSync(join(locked, "plan.md"), "utf8")).toContain("anna@build-7");
        expect(readdirSync(locked).sort()).toEqual(["plan.md", "summary.json"]);
        expect(await refused(FIRST, LOCAL, "--plan", locked)).toContain("has no plan to deploy");
        expect(await keys()).toEqual([LOCK_KEY]);
      } finally {
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: LOCK_KEY }));
      }
    },
    3 * MINUTE_MS,
  );

  it(
    "applies the reviewed plan once, by its digest; then a plan shows no changes, and nothing drifted",
    async () => {
      const { digest } = readReviewed(reviewed, LOCAL);
      const deployed = await run(FIRST, "deploy", LOCAL, "--digest", digest);
      expect(deployed.output).toMatch(/(\d+) of \1: .*\n.*deployed\. The apply took \d+ s\./);
      expect(deployed.code).toBe(0);

      expect(await refused(FIRST, LOCAL, "--plan", reviewed)).toMatch(
        /planned before there was a state, which is now at \d+/,
      );

      const after = join(directory, "after");
      const [planned, drifted] = await Promise.all([
        run(FIRST, "plan", LOCAL, "--out", after),
        run(FIRST, "drift", LOCAL, "--out", join(directory, "drift")),
      ]);
      expect(planned).toEqual({ code: 0, output: expect.stringContaining(`${LOCAL}: no changes.`) });
      expect(readFileSync(join(after, "plan.md"), "utf8")).toMatch(/^No changes in local\.\n/);
      expect(drifted).toEqual({ code: 0, output: expect.stringContaining("nothing changed outside Terraform") });
      expect(existsSync(join(directory, "drift", "drift.md"))).toBe(true);

      const nothing = await run(FIRST, "deploy", LOCAL, "--plan", after);
      expect(nothing).toEqual({ code: 0, output: expect.stringContaining("nothing was applied") });
    },
    5 * MINUTE_MS,
  );

  it(
    "refuses a plan when another deploy came between, and says from which serial to which",
    async () => {
      const [late, soon] = [join(directory, "late"), join(directory, "soon")];
      // One after the other: planning locks the state.
      expect((await run(every("20s"), "plan", LOCAL, "--out", late)).code).toBe(2);
      expect((await run(every("15s"), "plan", LOCAL, "--out", soon)).code).toBe(2);
      // Of a plan's directory deploy reads the digest alone: attacks that are put into it do nothing.
      const marker = join(directory, "evil-ran");
      for (const { forge } of FORGERIES) forge(soon, marker);
      expect((await run(every("15s"), "deploy", LOCAL, "--plan", soon)).code).toBe(0);
      expect(existsSync(marker)).toBe(false);
      const { serial } = readReviewed(late, LOCAL).state ?? { serial: Number.NaN };
      const output = await refused(every("20s"), LOCAL, "--plan", late);
      expect(output).toMatch(/is not the reviewed one: .*aws_sfn_state_machine\./);
      const now = Number(
        new RegExp(`planned at serial ${serial} of the state, which is now at (\\d+)`).exec(output)?.[1],
      );
      expect(now).toBeGreaterThan(serial);
      expect(await keys()).toEqual([STATE_KEY]);
    },
    5 * MINUTE_MS,
  );

  it(
    "leaves neither a lock nor half a plan when it is ended while it plans",
    async () => {
      const interrupted = join(directory, "interrupted");
      const child = start(FIRST, "plan", LOCAL, "--out", interrupted);
      const ended = outcome(child);
      for (const until = Date.now() + MINUTE_MS; !(await keys()).includes(LOCK_KEY); await sleep(20)) {
        if (Date.now() > until || child.exitCode !== null) throw new Error("the plan never locked the state");
      }
      child.kill("SIGTERM");
      const { code, output } = await ended;
      expect(output).toContain("Ended by SIGTERM");
      expect(code).toBe(130);
      expect(await keys()).toEqual([STATE_KEY]);
      expect(existsSync(interrupted)).toBe(false);
    },
    2 * MINUTE_MS,
  );

  /** The message of a deploy that is refused. */
  async function refused(fields: LocalFields, ...args: string[]): Promise<string> {
    const { code, output } = await run(fields, "deploy", ...args);
    expect([code, output]).toEqual([1, expect.not.stringContaining("applying the plan")]);
    return output;
  }

  function settings(fields: LocalFields): Record<string, string> {
    const { endpoint } = emulator.session.emulator;
    return { ...emulatorEnvironment(process.env, endpoint), ...emulator.session.settings(fields) };
  }

  function start(fields: LocalFields, command: "plan" | "deploy" | "drift", ...args: string[]): ChildProcess {
    const child = spawn(process.execPath, ["cli/metronome.mjs", command, ...args], {
      cwd: PROJECT_DIR,
      env: settings(fields),
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child.once("close", () => running.delete(child)));
    return child;
  }

  function run(fields: LocalFields, command: "plan" | "deploy" | "drift", ...args: string[]): Promise<Run> {
    return outcome(start(fields, command, ...args));
  }

  async function outcome(child: ChildProcess): Promise<Run> {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, output };
  }

  async function keys(): Promise<(string | undefined)[]> {
    return ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key }) => Key);
  }
});
