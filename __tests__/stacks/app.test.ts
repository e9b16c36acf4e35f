import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../config/parse";
import type { Environments } from "../../config/schema";
import { buildApp } from "../../stacks/app";
import { CiAccessStack } from "../../stacks/ci-access-stack";
import { ClockStack } from "../../stacks/clock-stack";
import { StateBackendStack } from "../../stacks/state-backend-stack";
import { environment } from "../config/examples";

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

test("a wrong configuration is refused before anything is built", () => {
  expect(() => build({ dev: environment({ account: "1" }) })).toThrow(ConfigError);
});

test("no environments are no stacks", () => {
  expect(build({}).node.children).toEqual([]);
});
