import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { LOCAL, type LocalFields, localEnvironment } from "../../../cli/start/session";
import { deploy, hasChanges } from "../../../cli/terraform/cdktf";
import { stackId } from "../../../constructs/naming";
import { emulatorEnvironment } from "../../../emulator/aws-environment";
import { embeddedS3 } from "../../../emulator/state-bucket";
import { killTree } from "../../../host/process-tree";
import { CommandError, runCommand } from "../../../host/run-command";
import { PROJECT_DIR } from "../../../host/work-dir";
import { MINUTE_MS } from "../../../schedule/duration";
import { EmulatorSession } from "../support/emulator-session";

const STACK = stackId(LOCAL);
const KEY = `${STACK}/terraform.tfstate`;
const LOOP: LocalFields = { strategy: { kind: "sfn-loop" }, schedules: [{ name: "heartbeat", interval: "1m" }] };
const LAMBDA_CLOCK: LocalFields = { ...LOOP, strategy: { kind: "lambda-clock" } };

/** Resources that exist before the deploy is killed: enough that some cannot be created again. */
const KILLED_AFTER = 5;

/** What docs/state.md promises, with real Terraform and real kills; the tests go on from one another's state. */
describe("the state of metronome-local", () => {
  const emulator = new EmulatorSession();
  const { bucket } = localEnvironment({}).backend;
  let s3: S3Client;

  beforeAll(async () => {
    await emulator.open();
    s3 = embeddedS3(emulator.session.emulator.endpoint, "us-east-1");
  }, 5 * MINUTE_MS);

  afterAll(async () => {
    s3?.destroy();
    await emulator.close();
  }, MINUTE_MS);

  it(
    "outlives two deploys at once: one wins, the other says who holds the lock since when",
    async () => {
      const second = `${emulator.output}-second`;
      try {
        const before = Date.now();
        const outcomes = await Promise.allSettled(
          [emulator.output, second].map((output) => deploy(STACK, { env: variables(LOOP), output })),
        );
        expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
        const lost = outcomes.find((outcome) => outcome.status === "rejected")?.reason as CommandError;
        expect(lost).toBeInstanceOf(CommandError);
        const told = lost.output.join("\n");
        expect(told).toContain("Error acquiring the state lock");
        expect(told).toMatch(/Operation: OperationTypeApply/);
        expect(told).toMatch(/Who: +\S+@\S+/);
        const since = Date.parse(/Created: +(\S+ [\d:]+)/.exec(told)?.[1]?.concat("Z") ?? "");
        expect(since).toBeGreaterThan(before - 1_000);
        expect(since).toBeLessThan(Date.now());
        expect(await keys()).toEqual([KEY]);
        expect(await changes(LOOP)).toBe(false);
      } finally {
        rmSync(second, { recursive: true, force: true });
      }
    },
    4 * MINUTE_MS,
  );

  describe("after a deploy that was killed midway", () => {
    it(
      "is locked, and keeps out deploys and restores, until its lock is released by its ID",
      async () => {
        await killedDeploy(LAMBDA_CLOCK);
        const failure = await failed(deploy(STACK, { env: variables(LAMBDA_CLOCK), output: emulator.output }));
        expect(failure).toContain("Error acquiring the state lock");
        const id = /\bID: +([0-9a-f-]{36})/.exec(failure)?.[1] ?? "";
        expect(await state("lock")).toMatch(new RegExp(`locked by \\S+@\\S+ since .* OperationTypeApply, ID ${id}`));
        expect(await failed(state("restore", "latest-good"))).toContain(
          `release its lock: npx metronome state unlock ${LOCAL} ${id}`,
        );
        expect(await failed(state("unlock", "another"))).toContain(`has another ID than another: it is held by`);
        expect(await keys()).toEqual([KEY, `${KEY}.tflock`]);
        expect(await state("unlock", id)).toContain(`Released the lock of ${STACK}, which was held by`);
        expect(await keys()).toEqual([KEY]);
        expect(await failed(state("unlock", id))).toContain("is not locked");
      },
      3 * MINUTE_MS,
    );

    it(
      "takes in what was created and not recorded, and the next deploy finishes the work",
      async () => {
        const failure = await failed(deploy(STACK, { env: variables(LAMBDA_CLOCK), output: emulator.output }));
        const refused = [...failure.matchAll(/with (aws_\w+\.\S+) \(/g)].map((match) => match[1]);
        expect(refused.length).toBeGreaterThan(0);
        // And what the deploy did not come to try, because something that it needs was refused.
        const adopted = await state("adopt");
        for (const address of refused) expect(adopted).toContain(`  ${address}  `);
        await deploy(STACK, { env: variables(LAMBDA_CLOCK), output: emulator.output });
        expect(await changes(LAMBDA_CLOCK)).toBe(false);
        expect(await state("adopt")).toContain("Nothing exists that the state does not have");
        expect(await keys()).toEqual([KEY]);
      },
      6 * MINUTE_MS,
    );
  });

  it(
    "comes back from a damaged object",
    async () => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: KEY, Body: "garbage {" }));
      expect(await failed(changes(LAMBDA_CLOCK))).toContain("Unsupported state file format");
      const [, damaged, good] = (await state("versions")).split("\n");
      expect(damaged).toMatch(/ damaged: not a state \(not JSON\) \(now\)$/);
      const [id, , , serial] = good?.split(/\s+/) ?? [];
      expect(await failed(state("restore", damaged?.split(" ")[0] ?? ""))).toContain("is damaged (not JSON)");
      expect(await state("restore", "latest-good")).toMatch(
        new RegExp(`^Restored version ${id}: \\d+ resources.*from ${serial} to ${Number(serial) + 1};`, "s"),
      );
      expect(await changes(LAMBDA_CLOCK)).toBe(false);
    },
    3 * MINUTE_MS,
  );

  it(
    "comes back from a deleted object, of which Terraform says nothing but that all is to be created",
    async () => {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: KEY }));
      expect(await changes(LAMBDA_CLOCK)).toBe(true);
      const [, deleted, good] = (await state("versions")).split("\n");
      expect(deleted).toMatch(/ deleted \(now\)$/);
      await state("restore", good?.split(" ")[0] ?? "");
      expect(await failed(state("restore", "latest-good"))).toContain("there is nothing to restore");
      expect(await changes(LAMBDA_CLOCK)).toBe(false);
      expect(await keys()).toEqual([KEY]);
    },
    3 * MINUTE_MS,
  );

  function variables(fields: LocalFields): Record<string, string> {
    const env = emulatorEnvironment(process.env, emulator.session.emulator.endpoint);
    return { ...env, ...emulator.session.settings(fields) };
  }

  const changes = (fields: LocalFields) => hasChanges(STACK, { env: variables(fields), output: emulator.output });

  /** `npx metronome state <command> local …`. */
  async function state(command: string, ...args: readonly string[]): Promise<string> {
    const output = await runCommand(process.execPath, ["cli/metronome.mjs", "state", command, LOCAL, ...args], {
      cwd: PROJECT_DIR,
      env: { ...variables(LAMBDA_CLOCK), CDKTF_OUTPUT: emulator.output },
      logFile: join(emulator.output, "..", `state-${command}.log`),
    });
    // On Node.js 20 the first line says that it is past its end.
    return output.filter((line) => !line.startsWith("Node.js ")).join("\n");
  }

  /** Deploys, and kills Terraform, its providers and cdktf at once when some resources exist. */
  async function killedDeploy(fields: LocalFields): Promise<void> {
    const cdktf = spawn(join(PROJECT_DIR, "node_modules", ".bin", "cdktf"), ["deploy", STACK, "--auto-approve"], {
      cwd: PROJECT_DIR,
      env: { ...variables(fields), CDKTF_OUTPUT: emulator.output },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(cdktf, "exit");
    let created = 0;
    for await (const line of createInterface({ input: cdktf.stdout })) {
      if (line.includes("Creation complete") && ++created === KILLED_AFTER) killTree(cdktf.pid ?? 0);
    }
    expect(await ended).toEqual([null, "SIGKILL"]);
  }

  async function keys(): Promise<(string | undefined)[]> {
    return ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key }) => Key);
  }
});

/** All that a command said that failed. */
async function failed(command: Promise<unknown>): Promise<string> {
  const error = await command.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CommandError);
  return (error as CommandError).output.join("\n");
}
