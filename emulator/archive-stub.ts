import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { REGISTRY_HOST } from "../cli/providers/provider-mirror";

/** The release of hashicorp/archive that @cdktf/provider-archive pins, whose place the stand-in takes. */
export const ARCHIVE_VERSION = "2.7.1";

/** Without this in Terraform's environment the stand-in refuses to work. */
export const STAND_IN_ENV: Readonly<Record<string, string>> = { METRONOME_ARCHIVE_STAND_IN: "local" };

/** What to build, and where. */
export interface StandInOptions {
  /** The directory of the Go sources. */
  readonly sourceDir: string;
  /** The project's directory for things that git ignores. */
  readonly workDir: string;
  /** The environment for `go`: PATH, HOME, GOPROXY and so on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The platform to build for, such as "linux_amd64". */
  readonly platform: string;
  /** Is told of the build before it begins. @default silence */
  readonly say?: (message: string) => void;
}

/** A stand-in that is ready to use. */
export interface StandIn {
  /** A filesystem mirror that holds the stand-in as hashicorp/archive and nothing else. */
  readonly mirrorDir: string;
  /** The program. */
  readonly binary: string;
  /** A hash of all that the program was built from. */
  readonly key: string;
  /** How long the build took, in seconds; 0 when an earlier build was used. */
  readonly buildSeconds: number;
}

const BUILD = ["build", "-trimpath", "-buildvcs=false", "-modcacherw", "-mod=readonly", "-ldflags=-s -w"];

/**
 * Builds the stand-in for hashicorp/archive, or finds the one that was built earlier from the same sources by the same Go.
 *
 * @throws Error when Go is missing or the build fails; it says what to do
 */
export async function buildArchiveStandIn(options: StandInOptions): Promise<StandIn> {
  const { sourceDir, workDir, platform } = options;
  const mirrorDir = path.join(workDir, "providers");
  const packageDir = path.join(mirrorDir, REGISTRY_HOST, "hashicorp", "archive", ARCHIVE_VERSION, platform);
  const suffix = platform.startsWith("windows") ? ".exe" : "";
  const binary = path.join(packageDir, `terraform-provider-archive_v${ARCHIVE_VERSION}_x5${suffix}`);
  const stamp = path.join(workDir, `archive-stand-in.${platform}.key`);

  const env = goEnvironment(options);
  const key = buildKey(sourceDir, platform, await goVersion(env, sourceDir));
  if (fs.existsSync(binary) && fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === key) {
    return { mirrorDir, binary, key, buildSeconds: 0 };
  }

  options.say?.("Building the stand-in for the archive provider with Go (once, about half a minute) …");
  const started = Date.now();
  fs.mkdirSync(workDir, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(workDir, "archive-stand-in-build-"));
  try {
    const built = path.join(scratch, "program");
    await runGo([...BUILD, "-o", built, "."], env, sourceDir);
    fs.mkdirSync(packageDir, { recursive: true });
    fs.renameSync(built, binary);
    fs.writeFileSync(path.join(scratch, "key"), key);
    fs.renameSync(path.join(scratch, "key"), stamp);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  return { mirrorDir, binary, key, buildSeconds: (Date.now() - started) / 1000 };
}

/** Go builds for Terraform's platform, whatever the user's Go is set to build for, and needs no C compiler. */
function goEnvironment({ env, platform }: StandInOptions): NodeJS.ProcessEnv {
  const [os, arch] = platform.split("_");
  return { ...env, GOOS: os, GOARCH: arch, CGO_ENABLED: "0", GOWORK: "off" };
}

/** A hash of all that the program depends on. */
function buildKey(sourceDir: string, platform: string, version: string): string {
  const hash = createHash("sha256").update(JSON.stringify([version, platform, BUILD]));
  for (const file of sourceFiles(sourceDir)) {
    hash.update(JSON.stringify(file)).update(fs.readFileSync(path.join(sourceDir, file)));
  }
  return hash.digest("hex");
}

/** The Go files and module files below a directory, without tests, relative to it and in a fixed order. */
function sourceFiles(sourceDir: string): string[] {
  const files = fs.readdirSync(sourceDir, { recursive: true, encoding: "utf8" });
  return files.filter((file) => /(\.go|go\.mod|go\.sum)$/.test(file) && !file.endsWith("_test.go")).sort();
}

async function goVersion(env: NodeJS.ProcessEnv, sourceDir: string): Promise<string> {
  return (await runGo(["version"], env, sourceDir)).trim();
}

function runGo(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? goMissing() : error));
    child.on("close", (code) => (code === 0 ? resolve(stdout) : reject(goFailed(args, code, stderr))));
  });
}

function goMissing(): Error {
  return new Error(
    `Go is not on the PATH, and without it the stand-in for hashicorp/archive ${ARCHIVE_VERSION} cannot be built. ` +
      "Install Go 1.25 or later (https://go.dev/dl/), or put the real provider into the mirror: `terraform providers mirror` on a " +
      "machine where the Terraform registry answers.",
  );
}

function goFailed(args: readonly string[], code: number | null, stderr: string): Error {
  const tail = stderr.trim().split("\n").slice(-8).join("\n");
  return new Error(
    `\`go ${args[0]}\` for the stand-in for hashicorp/archive ${ARCHIVE_VERSION} ended with ${code ?? "a signal"}:\n${tail}\n` +
      "It needs Go 1.25 or later and a Go module proxy (`go env GOPROXY`). Or put the real provider into the mirror: " +
      "`terraform providers mirror` on a machine where the Terraform registry answers.",
  );
}
