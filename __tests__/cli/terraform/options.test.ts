import { CommanderError } from "commander";
import { checkEnvironments } from "../../../cli/terraform/access";
import {
  readCommentOptions,
  readDeployOptions,
  readDriftOptions,
  readLockOptions,
  readPlanOptions,
} from "../../../cli/terraform/options";
import { PROJECT_DIR } from "../../../host/work-dir";

beforeEach(() => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe("npm run plan", () => {
  test("puts the plan of one environment into a directory of its own, or into --out", () => {
    const { environments, directoryOf, commentDirectory } = readPlanOptions(["dev"]);
    expect(environments).toEqual(["dev"]);
    expect(directoryOf("dev")).toBe(`${PROJECT_DIR}/.metronome/plans/dev`);
    expect(commentDirectory).toBeUndefined();
    expect(readPlanOptions(["dev", "--out", "here"]).directoryOf("dev")).toBe(`${PROJECT_DIR}/here`);
  });

  test("gives each of several environments a directory in it, and their comment the one above", () => {
    const { environments, directoryOf, commentDirectory } = readPlanOptions(["dev", "prod", "dev", "--out", "/x"]);
    expect(environments).toEqual(["dev", "prod"]);
    expect(directoryOf("prod")).toBe("/x/prod");
    expect(commentDirectory).toBe("/x");
  });

  test("takes what was synthesized before", () => {
    expect(readPlanOptions(["dev", "--synthesized", "cdktf.out"]).synthesized).toBe(`${PROJECT_DIR}/cdktf.out`);
    expect(readPlanOptions(["dev"]).synthesized).toBeUndefined();
    const commit = "a".repeat(40);
    expect(readPlanOptions(["dev", "--synthesized", "x", "--commit", commit]).commit).toBe(commit);
  });
});

test("npm run deploy needs an environment, and a plan's directory or digest", () => {
  expect(readDeployOptions(["dev", "--plan", "/x/dev"])).toEqual({
    environment: "dev",
    reviewed: { directory: "/x/dev" },
  });
  expect(readDeployOptions(["dev", "--digest", "a"])).toEqual({ environment: "dev", reviewed: { digest: "a" } });
});

test("npm run drift writes beside the plans unless --out says otherwise", () => {
  expect(readDriftOptions(["dev"]).directory).toBe(`${PROJECT_DIR}/.metronome/drift/dev`);
  expect(readDriftOptions(["dev", "--out", "/x"])).toEqual({ environment: "dev", directory: "/x" });
});

test("npm run lock is for all platforms, from the registry, by default", () => {
  const { platforms, mirror } = readLockOptions(["dev"]);
  expect(platforms).toEqual(expect.arrayContaining(["linux_amd64", "linux_arm64", "darwin_arm64", "windows_amd64"]));
  expect(mirror).toBeUndefined();
  expect(readLockOptions(["dev", "--platform", "linux_amd64", "--mirror", "/m"])).toEqual({
    environment: "dev",
    platforms: ["linux_amd64"],
    mirror: "/m",
  });
});

test("npm run plan-comment takes directories of plans", () => {
  expect(readCommentOptions(["/x/dev", "/x/prod"])).toEqual(["/x/dev", "/x/prod"]);
});

test.each([
  [() => readPlanOptions([])],
  [() => readPlanOptions(["dev", "--quiet"])],
  [() => readDeployOptions(["dev"])],
  [() => readDeployOptions(["dev", "prod", "--plan", "x"])],
  [() => readDeployOptions(["dev", "--plan", "x", "--digest", "a"])],
  [() => readDriftOptions([])],
  [() => readLockOptions([])],
  [() => readCommentOptions([])],
])("a wrong command line is refused (%#)", (read) => {
  expect(read).toThrow(CommanderError);
});

test("the message for an unknown environment lists the known ones", () => {
  expect(() => checkEnvironments(["local", "prod"])).not.toThrow();
  expect(() => checkEnvironments(["local", "production", "toString"])).toThrow(
    '"production", "toString" are no environments of config/environments.ts. It has local, dev, prod.',
  );
});
