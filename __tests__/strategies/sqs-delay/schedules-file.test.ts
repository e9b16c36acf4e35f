import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentConfig } from "../../../config/schema";
import { buildApp } from "../../../stacks/app";
import { environment, schedule } from "../../config/examples";
import { Template } from "../../template";

jest.unmock("../../../constructs/function-bundle");

/** The schedules in the zips of the planner and of the pacer. */
function zippedSchedules(environment: EnvironmentConfig): unknown[] {
  const outdir = mkdtempSync(join(tmpdir(), "metronome-zips-"));
  try {
    buildApp({ dev: environment }, { app: { outdir } }).synth();
    const stack = join(outdir, "stacks", "metronome-dev");
    const template = new Template(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
    const sources = template.data("archive_file").map(({ source_dir }) => join(stack, String(source_dir)));
    return ["planner", "pacer"].map((name) => {
      const directory = sources.find((source) => source.includes(`/${name}_bundle_`)) as string;
      return JSON.parse(readFileSync(join(directory, "schedules.json"), "utf8"));
    });
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

test("the schedules are in the zips of both functions, as they are", () => {
  const payload = { text: ["$", "{not.terraform} ü"].join("") };
  const filed = {
    name: "heartbeat",
    strategy: "sqs-delay",
    intervalMs: 60_000,
    phaseMs: 0,
    catchUpMs: 60_000,
    payload,
    overdue: "latest",
    targets: ["arn:aws:lambda:eu-central-1:111111111111:function:metronome-dev-sample-target"],
    paused: false,
  };
  expect(
    zippedSchedules(
      environment({ strategy: { kind: "sqs-delay" }, schedules: [schedule({ payload, overdue: "latest" })] }),
    ),
  ).toEqual([[filed], [filed]]);
});
