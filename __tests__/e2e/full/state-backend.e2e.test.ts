import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { LOCAL, LocalSession, localEnvironment } from "../../../cli/start/session";
import { hasChanges } from "../../../cli/terraform/cdktf";
import { stackId } from "../../../constructs/naming";
import { emulatorEnvironment } from "../../../emulator/aws-environment";
import { embeddedS3 } from "../../../emulator/state-bucket";
import { runCommand } from "../../../host/run-command";
import { PROJECT_DIR, WORK_DIR } from "../../../host/work-dir";
import { MINUTE_MS } from "../../../schedule/duration";

const STACK = stackId(`state-${LOCAL}`);
const STATE_KEY = `${STACK}/terraform.tfstate`;

/** The first deployment to a new account, as docs/operations.md has it; `npm start` makes its bucket in another way. */
describe("metronome-state-local, deployed by cdktf to an emulator without a bucket", () => {
  mkdirSync(WORK_DIR, { recursive: true });
  const directory = mkdtempSync(join(WORK_DIR, "e2e-state-"));
  const session = new LocalSession({ env: process.env, keep: false, directory: join(directory, "aws") });
  const { bucket } = localEnvironment({}).backend;
  let s3: S3Client;

  beforeAll(async () => {
    await Promise.all([session.start(), session.useProviders()]);
    s3 = embeddedS3(session.emulator.endpoint, "us-east-1");
  }, 3 * MINUTE_MS);

  afterAll(async () => {
    s3?.destroy();
    await session.stop();
    rmSync(directory, { recursive: true, force: true });
  }, MINUTE_MS);

  it(
    "creates the bucket from nothing, with the stack's state in a file beside the checkout's other files",
    async () => {
      expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
      await deploy("bootstrap", [], { METRONOME_BOOTSTRAP: "1" });
      expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([bucket]);
      expect(await keys()).toEqual([]);
    },
    3 * MINUTE_MS,
  );

  it(
    "stops, and begins no second state, if the move is forgotten",
    async () => {
      await expect(deploy("forgotten", [])).rejects.toThrow("terraform init failed");
      expect(await keys()).toEqual([]);
    },
    MINUTE_MS,
  );

  it(
    "moves the state into the bucket, and leaves no lock behind",
    async () => {
      await deploy("migrate", ["--migrate-state"]);
      expect(await keys()).toEqual([STATE_KEY]);
      const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: STATE_KEY }));
      const state = JSON.parse((await object.Body?.transformToString()) ?? "{}") as { resources: { type: string }[] };
      expect(state.resources.map(({ type }) => type).sort()).toEqual([
        "aws_s3_bucket",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_versioning",
      ]);
    },
    2 * MINUTE_MS,
  );

  it(
    "shows no changes to a second person, whose checkout has nothing but the code",
    async () => {
      expect(await hasChanges(STACK, { env: variables(), output: join(directory, "second.out") })).toBe(false);
    },
    2 * MINUTE_MS,
  );

  async function deploy(name: string, flags: readonly string[], more: Readonly<Record<string, string>> = {}) {
    await runCommand(
      join(PROJECT_DIR, "node_modules", ".bin", "cdktf"),
      ["deploy", STACK, "--auto-approve", ...flags],
      {
        cwd: PROJECT_DIR,
        env: { ...variables(), CDKTF_OUTPUT: join(directory, "cdktf.out"), ...more },
        logFile: join(directory, `${name}.log`),
      },
    );
  }

  function variables(): Record<string, string> {
    return { ...emulatorEnvironment(process.env, session.emulator.endpoint), ...session.settings({}) };
  }

  async function keys(): Promise<(string | undefined)[]> {
    return ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key }) => Key);
  }
});
