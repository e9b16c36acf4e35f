import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ARCHIVE_VERSION, buildArchiveStub } from "../../emulator/archive-stub";

let scratch: string;
let sourceDir: string;
let workDir: string;
beforeEach(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "archive-stub-"));
  sourceDir = path.join(scratch, "source");
  workDir = path.join(scratch, "work");
  fs.mkdirSync(sourceDir);
  fs.writeFileSync(path.join(sourceDir, "go.mod"), "module m\n");
  fs.writeFileSync(path.join(sourceDir, "a.go"), "package a\n");
});
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** Puts a `go` on an otherwise empty PATH that notes its calls, and runs `onBuild` in the shell with the output in $3. */
function fakeGo(version: string, onBuild: string): Record<string, string> {
  const bin = path.join(scratch, "bin");
  fs.mkdirSync(bin, { recursive: true });
  const script = [
    "#!/bin/sh",
    `echo "$1 $GOOS $GOARCH" >> "${scratch}/calls"`,
    `[ "$1" = version ] && { echo "${version}"; exit 0; }`,
    'while [ "$1" != -o ]; do shift; done',
    onBuild,
  ];
  fs.writeFileSync(path.join(bin, "go"), script.join("\n"), { mode: 0o755 });
  return { PATH: bin };
}

function calls(): string[] {
  const lines = fs.readFileSync(path.join(scratch, "calls"), "utf8").trim().split("\n");
  fs.rmSync(path.join(scratch, "calls"));
  return lines;
}

function build(env: Record<string, string>, say?: (message: string) => void) {
  return buildArchiveStub({
    sourceDir,
    workDir,
    mirrorDir: `${workDir}/providers`,
    env,
    platform: "linux_arm64",
    say,
  });
}

it("builds for Terraform's platform into a mirror that holds nothing else, and says so", async () => {
  const said: string[] = [];
  const stub = await build(fakeGo("go1.26.0", 'echo program > "$2"'), (message) => said.push(message));

  const packageDir = `${workDir}/providers/registry.terraform.io/hashicorp/archive/${ARCHIVE_VERSION}/linux_arm64`;
  expect(stub).toMatchObject({
    mirrorDir: `${workDir}/providers`,
    binary: `${packageDir}/terraform-provider-archive_v${ARCHIVE_VERSION}_x5`,
  });
  expect(fs.readdirSync(packageDir)).toEqual([path.basename(stub.binary)]);
  expect(fs.readFileSync(stub.binary, "utf8")).toBe("program\n");
  expect(fs.readdirSync(workDir).sort()).toEqual(["archive-stub.linux_arm64.key", "providers"]);
  expect(calls()).toEqual(["version linux arm64", "build linux arm64"]);
  expect(said).toHaveLength(1);
});

it("builds once, and again when a source, Go or the program itself is another", async () => {
  const env = fakeGo("go1.26.0", 'echo program > "$2"');
  const first = await build(env);
  calls();

  fs.writeFileSync(path.join(sourceDir, "a_test.go"), "package a\n");
  expect(await build(env)).toEqual(first);
  expect(calls()).toEqual(["version linux arm64"]);

  fs.appendFileSync(path.join(sourceDir, "a.go"), "// changed\n");
  const second = await build(env);
  expect(second.key).not.toBe(first.key);
  expect(calls()).toHaveLength(2);

  const third = await build(fakeGo("go1.27.0", 'echo program > "$2"'));
  expect(third.key).not.toBe(second.key);
  expect(calls()).toHaveLength(2);

  fs.rmSync(third.binary);
  await build(env);
  expect(calls()).toHaveLength(2);
});

it("says what to do when Go is missing", async () => {
  await expect(build({ PATH: scratch })).rejects.toThrow(
    /go is not on the PATH.\n.*Go 1\.25 or later.*terraform providers mirror/,
  );
});

it("shows the end of Go's own output when the build fails, and leaves nothing behind", async () => {
  const env = fakeGo("go1.26.0", "echo 'm: no such host' >&2; exit 1");
  await expect(build(env)).rejects.toThrow(/Go failed:\nm: no such host\n.*GOPROXY/);
  expect(fs.readdirSync(workDir)).toEqual(["providers"]);
});
