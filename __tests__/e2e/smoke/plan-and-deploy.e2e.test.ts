import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { LOCAL, type LocalFields, localEnvironment } from "../../../cli/start/session";
import { filesBelow } from "../../../cli/terraform/bundle";
import { sha256 } from "../../../cli/terraform/fingerprint";
import { readManifest } from "../../../cli/terraform/manifest";
import { stackId } from "../../../constructs/naming";
import { emulatorEnvironment } from "../../../emulator/aws-environment";
import { embeddedS3 } from "../../../emulator/state-bucket";
import { PROJECT_DIR, WORK_DIR } from "../../../host/work-dir";
import { type Duration, MINUTE_MS } from "../../../schedule/duration";
import { EmulatorSession } from "../support/emulator-session";

const every = (interval: Duration): LocalFields => ({
  strategy: { kind: "sfn-loop" },
  schedules: [{ name: "beat", interval }],
});

const FIRST = every("30s");
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

describe("a plan is bundled, and exactly that plan is applied", () => {
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(WORK_DIR, "e2e-plan-"));
  const emulator = new EmulatorSession();
  const { bucket } = localEnvironment({}).backend;
  const bundle = join(directory, "first");
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
    "plans from nothing: exit code 2, a whole bundle, and no lock left",
    async () => {
      const { code, output } = await run(FIRST, "plan", LOCAL, "--out", bundle);
      expect(output).toContain(`npm run deploy -- ${LOCAL} --plan`);
      expect(code).toBe(2);
      const { manifest } = readManifest(bundle);
      expect(manifest).toMatchObject({ environment: LOCAL, stack: stackId(LOCAL), changes: true, state: null });
      expect(manifest.backend).toMatchObject({ bucket, key: STATE_KEY });
      const assets = filesBelow(bundle).filter((path) => path.startsWith("assets/"));
      expect(assets.map((path) => path.split("/").at(-1))).toEqual(["index.js", "index.js"]);
      const parts = [
        ".terraform.lock.hcl",
        "cdk.tf.json",
        "iterator.zip",
        "plan.tfplan",
        "sample-target.zip",
        ...assets,
      ];
      expect(Object.keys(manifest.parts).sort()).toEqual(parts.sort());
      const others = ["manifest.json", "plan.md", "plan.txt", "summary.json"];
      expect(filesBelow(bundle)).toEqual([...parts, ...others].sort());
      expect(readFileSync(join(bundle, "plan.md"), "utf8")).toContain(
        sha256(readFileSync(join(bundle, "manifest.json"))),
      );
      expect(await keys()).toEqual([]);
    },
    3 * MINUTE_MS,
  );

  it(
    "refuses what is not what was planned, and tells who holds a lock",
    async () => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: LOCK_KEY, Body: JSON.stringify(LOCK) }));
      // Terraform waits a minute for it; what follows needs no lock.
      const locked = run(FIRST, "plan", LOCAL, "--out", join(directory, "locked"));

      const tampered = copyOf(bundle, "tampered");
      appendFileSync(join(tampered, "iterator.zip"), "more");
      expect(await run(FIRST, "deploy", LOCAL, "--plan", tampered)).toEqual({
        code: 1,
        output: expect.stringContaining("iterator.zip was altered"),
      });

      const forged = copyOf(bundle, "forged");
      const { manifest } = readManifest(forged);
      writeFileSync(join(forged, "iterator.zip"), "another");
      const parts = { ...manifest.parts, "iterator.zip": sha256("another") };
      writeFileSync(join(forged, "manifest.json"), JSON.stringify({ ...manifest, parts }));
      const refused = await run(FIRST, "deploy", LOCAL, "--plan", forged);
      expect(refused.output).toMatch(/iterator\.zip \(aws_lambda_function\.\S+\) is not the code in the plan/);
      expect(refused.code).toBe(1);

      const moved = await run(every("45s"), "deploy", LOCAL, "--plan", bundle);
      expect(moved.output).toContain(`The configuration of "${LOCAL}" moved on since this plan: schedules (`);
      expect(moved.code).toBe(1);

      const { code, output } = await locked;
      expect(output).toContain("is locked by anna@build-7 since 2026-11-22 22:58:03 UTC (apply). Lock id: 0d4a3a49");
      expect(code).toBe(1);
      expect(readFileSync(join(directory, "locked", "plan.md"), "utf8")).toContain("locked by");
      expect(filesBelow(join(directory, "locked"))).toEqual(["plan.md", "summary.json"]);
      expect(await keys()).toEqual([LOCK_KEY]);
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: LOCK_KEY }));
    },
    3 * MINUTE_MS,
  );

  it(
    "refuses a plan that this checkout would not make, though the bundle around it is what was reviewed",
    async () => {
      const other: LocalFields = {
        ...FIRST,
        schedules: [{ name: "beat", interval: "30s", payload: { greeting: "EVIL" } }],
      };
      await run(other, "plan", LOCAL, "--out", join(directory, "evil"));
      const forged = copyOf(bundle, "foreign-plan");
      const plan = readFileSync(join(directory, "evil", "plan.tfplan"));
      writeFileSync(join(forged, "plan.tfplan"), plan);
      const { manifest } = readManifest(forged);
      const parts = { ...manifest.parts, "plan.tfplan": sha256(plan) };
      writeFileSync(join(forged, "manifest.json"), JSON.stringify({ ...manifest, parts }));
      const { code, output } = await run(FIRST, "deploy", LOCAL, "--plan", forged);
      expect(output).toContain("The plan in this bundle was made from another configuration than the bundle's.");
      expect(code).toBe(1);
      expect(await keys()).toEqual([]);
    },
    3 * MINUTE_MS,
  );

  it(
    "applies the bundle once; then a plan shows no changes, and nothing drifted",
    async () => {
      const deployed = await run(FIRST, "deploy", LOCAL, "--plan", bundle);
      expect(deployed.output).toMatch(/(\d+) of \1: .*\n.*deployed\. The apply took \d+ s\./);
      expect(deployed.code).toBe(0);

      const again = await run(FIRST, "deploy", LOCAL, "--plan", bundle);
      expect(again.output).toMatch(/planned when there was no state, the state is at \d+/);
      expect(again.code).toBe(1);

      const after = join(directory, "after");
      const [planned, drifted] = await Promise.all([
        run(FIRST, "plan", LOCAL, "--out", after),
        run(FIRST, "drift", LOCAL, "--out", join(directory, "drift")),
      ]);
      expect(planned).toEqual({ code: 0, output: expect.stringContaining(`${LOCAL}: no changes.`) });
      expect(readFileSync(join(after, "plan.md"), "utf8")).toMatch(/^<!--[^\n]*-->\n\nNo changes in local\.\n/);
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
      expect((await run(every("15s"), "deploy", LOCAL, "--plan", soon)).code).toBe(0);
      const { serial } = readManifest(late).manifest.state ?? { serial: Number.NaN };
      const { code, output } = await run(every("20s"), "deploy", LOCAL, "--plan", late);
      const now = Number(new RegExp(`planned at serial ${serial}, the state is at (\\d+)`).exec(output)?.[1]);
      expect(now).toBeGreaterThan(serial);
      expect(code).toBe(1);
      expect(await keys()).toEqual([STATE_KEY]);
    },
    5 * MINUTE_MS,
  );

  it(
    "leaves neither a lock nor half a bundle when it is ended while it plans",
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

  function copyOf(from: string, name: string): string {
    const to = join(directory, name);
    cpSync(from, to, { recursive: true });
    return to;
  }

  function start(fields: LocalFields, command: "plan" | "deploy" | "drift", ...args: string[]): ChildProcess {
    const { emulator: aws } = emulator.session;
    const child = spawn(process.execPath, ["cli/run.mjs", `cli/commands/${command}.ts`, ...args], {
      cwd: PROJECT_DIR,
      env: { ...emulatorEnvironment(process.env, aws.endpoint), ...emulator.session.settings(fields) },
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
