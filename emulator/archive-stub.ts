import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import archivePackage from "@cdktf/provider-archive/package.json";
import writeFileAtomic from "write-file-atomic";
import { childEnvironment } from "../host/child-environment";
import { CommandError, ProgramError, runCommand } from "../host/run-command";

/** The provider that the stub replaces, as @cdktf/provider-archive pins it: its source address and its version. */
export const { name: ARCHIVE_ADDRESS, version: ARCHIVE_VERSION } = archivePackage.cdktf.provider;

/** The stub refuses to work without these variables in Terraform's environment. */
export const STUB_ENV: Readonly<Record<string, string>> = { METRONOME_ARCHIVE_STAND_IN: "local" };

export interface StubOptions {
  /** The directory of the Go sources. */
  readonly sourceDir: string;
  /** The project's directory for files that git ignores. */
  readonly workDir: string;
  /** The filesystem mirror to put the program into. */
  readonly mirrorDir: string;
  /** The caller's variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The platform to build for, such as "linux_amd64". */
  readonly platform: string;
  /** Gets a message before the build begins. @default none */
  readonly say?: (message: string) => void;
}

export interface Stub {
  /** A filesystem mirror that holds the stub and nothing else. */
  readonly mirrorDir: string;
  /** The path of the program. */
  readonly binary: string;
  /** A hash of everything that the program was built from. */
  readonly key: string;
}

/** Unoptimized: Go compiles the stub's 424 packages in two thirds of the time, and the stub zips a few hundred kilobytes. */
const BUILD = ["build", "-trimpath", "-buildvcs=false", "-modcacherw", "-mod=readonly", "-gcflags=all=-N -l"];

/**
 * Builds the archive stub, or finds the one that the same Go built earlier from the same sources.
 *
 * @throws Error if Go is missing or the build fails; it says what to do
 */
export async function buildArchiveStub(options: StubOptions): Promise<Stub> {
  const { sourceDir, workDir, mirrorDir, platform } = options;
  const packageDir = path.join(mirrorDir, ARCHIVE_ADDRESS, ARCHIVE_VERSION, platform);
  const binary = path.join(packageDir, `terraform-provider-archive_v${ARCHIVE_VERSION}_x5`);
  const stamp = path.join(workDir, `archive-stub.${platform}.key`);

  const build = [...BUILD, `-ldflags=-s -w -X main.address=${ARCHIVE_ADDRESS} -X main.version=${ARCHIVE_VERSION}`];
  const key = buildKey(sourceDir, [platform, ...build, ...(await go(["version"], options))]);
  if (fs.existsSync(binary) && fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === key) {
    return { mirrorDir, binary, key };
  }
  options.say?.("Building the archive stub with Go (once, about half a minute) …");
  fs.mkdirSync(packageDir, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(workDir, "archive-stub-build-"));
  try {
    await go([...build, "-o", path.join(scratch, "program"), "."], options);
    fs.renameSync(path.join(scratch, "program"), binary);
    writeFileAtomic.sync(stamp, key);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  return { mirrorDir, binary, key };
}

/** A hash of the build's settings, the Go files without tests, and the module files. */
function buildKey(sourceDir: string, settings: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  const sources = fs.readdirSync(sourceDir).filter((file) => /\.go$|^go\./.test(file) && !file.endsWith("_test.go"));
  for (const file of sources.sort()) {
    hash.update(JSON.stringify(file)).update(fs.readFileSync(path.join(sourceDir, file)));
  }
  return hash.digest("hex");
}

/** Runs `go` for Terraform's platform and without a C compiler, and returns its output in lines. */
async function go(args: readonly string[], { env, platform, sourceDir }: StubOptions): Promise<string[]> {
  const [GOOS, GOARCH] = platform.split("_");
  // GOFLAGS overrules `go env -w`.
  const fixed = { GOOS, GOARCH, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "-mod=readonly" };
  const settings = { ...childEnvironment("go", env), ...fixed };
  try {
    return await runCommand("go", args, { cwd: sourceDir, env: settings });
  } catch (error) {
    throw new Error(
      `${reason(error as Error)}\nThe archive stub is built with Go 1.25 or later (https://go.dev/dl/) and a Go module proxy (\`go env GOPROXY\`). ` +
        `Or put the real hashicorp/archive ${ARCHIVE_VERSION} into the mirror: \`terraform providers mirror\` on a machine that reaches the Terraform registry.`,
    );
  }
}

function reason(error: Error): string {
  if (error instanceof ProgramError) return error.message;
  return error instanceof CommandError ? `Go failed:\n${error.output.slice(-8).join("\n")}` : error.message;
}
