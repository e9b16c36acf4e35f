import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../config/parse";
import type { EnvironmentConfig, Environments } from "../../config/schema";
import { buildApp } from "../../stacks/app";
import { CiAccessStack } from "../../stacks/ci-access-stack";
import { ClockStack } from "../../stacks/clock-stack";
import { StateBackendStack } from "../../stacks/state-backend-stack";
import { environment, FUNCTION, schedule, TOPIC } from "../config/examples";

const outdir = mkdtempSync(join(tmpdir(), "metronome-app-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const backend = { bucket: "another" };
const build = (environments: Environments) => buildApp(environments, { app: { outdir } });

test("each environment has a stack for its clock, whatever its strategy, and one for its state's bucket", () => {
  const { node } = build({ dev: environment(), prod: environment({ strategy: { kind: "lambda-clock" }, backend }) });
  const classes = node.children.map((stack) => [stack.node.id, stack.constructor]);
  expect(classes).toEqual([
    ["metronome-dev", ClockStack],
    ["metronome-state-dev", StateBackendStack],
    ["metronome-prod", ClockStack],
    ["metronome-state-prod", StateBackendStack],
  ]);
});

test("an environment with `ci` has one for CI's access too, which its clock does not depend on", () => {
  const app = build({ dev: environment({ ci: { repository: "owner/name", ownerId: "1", repositoryId: "2" } }) });
  expect(app.node.children.map((stack) => [stack.node.id, stack.constructor])).toContainEqual([
    "metronome-ci-dev",
    CiAccessStack,
  ]);
  app.synth();
  for (const stack of Object.values(app.manifest.stacks)) expect(stack.dependencies).toEqual([]);
});

test("stacks do not depend on each other: each is deployed by itself", () => {
  const app = build({ dev: environment(), prod: environment({ backend }) });
  app.synth();
  for (const stack of Object.values(app.manifest.stacks)) expect(stack.dependencies).toEqual([]);
});

describe("concurrent executions beyond those of a new account", () => {
  const many = (count: number, targets?: readonly string[]) =>
    Array.from({ length: count }, (_, k) => schedule({ name: `s${k}`, targets }));
  const warnings = (fields: Partial<EnvironmentConfig>) =>
    build({ dev: environment(fields) })
      .node.findChild("metronome-dev")
      .node.metadata.map(({ data }) => String(data));

  test.each<[what: string, fields: Partial<EnvironmentConfig>, needed: number | null]>([
    ["ten loops with targets of their own", { schedules: many(10, [FUNCTION]) }, null],
    ["eleven", { schedules: many(11, [FUNCTION]) }, 11],
    ["six loops with the sample target", { schedules: many(6) }, 12],
    ["two clocks in a handover", { schedules: many(4, [TOPIC]), retiring: { kind: "lambda-clock" } }, 11],
    ["lambda-clock", { schedules: many(4), strategy: { kind: "lambda-clock" } }, 11],
    ["eleven loops on the embedded AWS", { schedules: many(11), endpoint: "http://127.0.0.1:4566" }, null],
  ])("%s", (_what, fields, needed) => {
    const expected =
      needed === null ? [] : [expect.stringContaining(`dev needs up to ${needed} concurrent executions`)];
    expect(warnings(fields)).toEqual(expected);
  });
});

test("a wrong configuration is refused before anything is built", () => {
  expect(() => build({ dev: environment({ account: "1" }) })).toThrow(ConfigError);
});

test("no environments are no stacks", () => {
  expect(build({}).node.children).toEqual([]);
});
