import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  type DirectoryEntry,
  findMirror,
  impliedMirrorDirectories,
  type MirrorFileSystem,
  type MirrorSearch,
  realMirrorFileSystem,
  terraformPlatform,
} from "../../../cli/providers/provider-mirror";

const PLATFORM = "linux_amd64";

/** The file of one provider release, unpacked, below a mirror's root. */
function release(root: string, version: string, name = "aws", platform = PLATFORM): string {
  return `${root}/registry.terraform.io/hashicorp/${name}/${version}/${platform}/terraform-provider-${name}_v${version}_x5`;
}

/** A file system in memory that holds these files, and records which directories were listed. */
function fileSystem(
  files: readonly string[],
  untrusted: readonly string[] = [],
): MirrorFileSystem & { listed: string[] } {
  const listed: string[] = [];
  return {
    listed,
    list(directory) {
      listed.push(directory);
      const prefix = directory.endsWith("/") ? directory : `${directory}/`;
      const entries = new Map<string, DirectoryEntry["kind"]>();
      for (const file of files) {
        const [name, ...below] = file.startsWith(prefix) ? file.slice(prefix.length).split("/") : [];
        if (name) {
          entries.set(name, below.length > 0 ? "directory" : "file");
        }
      }
      return [...entries].map(([name, kind]) => ({ name, kind }));
    },
    isTrusted: (directory) => !untrusted.includes(directory),
  };
}

function search(files: readonly string[], changes: Partial<MirrorSearch> = {}): MirrorSearch {
  return {
    env: {},
    home: "/home/user",
    workingDirectory: "/srv/project",
    configured: [],
    os: "linux",
    platform: PLATFORM,
    awsConstraint: ">= 5.100.0, < 7",
    fileSystem: fileSystem(files),
    ...changes,
  };
}

describe("findMirror", () => {
  const named = release("/a/named", "5.100.0");
  const configured = release("/b/configured", "5.100.0");
  const implied = release("/home/user/.terraform.d/plugins", "5.100.0");
  const nearRoot = release("/srv/providers", "5.100.0");

  it("takes the directory of the variable first, then the CLI configuration's, then Terraform's own, then one near the root", () => {
    const files = [named, configured, implied, nearRoot];
    const env = { METRONOME_PROVIDER_MIRROR: "/a/named" };
    const all = { env, configured: ["/b/configured"] };
    expect(findMirror(search(files, all))).toMatchObject({ root: "/a/named", foundBy: "METRONOME_PROVIDER_MIRROR" });
    expect(findMirror(search(files, { ...all, env: {} }))).toMatchObject({
      root: "/b/configured",
      foundBy: "Terraform CLI configuration",
    });
    expect(findMirror(search(files))).toMatchObject({
      root: "/home/user/.terraform.d/plugins",
      foundBy: "Terraform's implied mirror directory",
    });
    expect(findMirror(search([nearRoot]))).toMatchObject({
      root: "/srv/providers",
      foundBy: "search near the root of the file system",
    });
  });

  it("accepts the variable naming the directory registry.terraform.io itself", () => {
    const env = { METRONOME_PROVIDER_MIRROR: "/a/named/registry.terraform.io" };
    expect(findMirror(search([named], { env }))?.root).toBe("/a/named");
  });

  it("refuses a variable that names a directory without the provider, though another mirror is there", () => {
    const env = { METRONOME_PROVIDER_MIRROR: "/a/empty" };
    expect(() => findMirror(search([nearRoot], { env }))).toThrow(
      /METRONOME_PROVIDER_MIRROR is "\/a\/empty".*linux_amd64.*terraform providers mirror/,
    );
  });

  it("lists the versions for the platform, unpacked or as zips, newest first", () => {
    const mirror = findMirror(
      search([
        release("/srv/p", "5.100.0"),
        release("/srv/p", "6.9.0"),
        release("/srv/p", "6.99.0", "aws", "darwin_arm64"),
        "/srv/p/registry.terraform.io/hashicorp/aws/terraform-provider-aws_6.10.0_linux_amd64.zip",
        "/srv/p/registry.terraform.io/hashicorp/aws/terraform-provider-aws_6.11.0_linux_arm64.zip",
        "/srv/p/registry.terraform.io/hashicorp/aws/index.json",
        release("/srv/p", "2.7.1", "archive"),
      ]),
    );
    expect(mirror).toMatchObject({ awsVersions: ["6.10.0", "6.9.0", "5.100.0"], archiveVersions: ["2.7.1"] });
  });

  it("passes over a mirror whose versions do not fit, and returns it only when no other is there", () => {
    const old = release("/home/user/.terraform.d/plugins", "4.67.0");
    expect(findMirror(search([old, nearRoot]))?.root).toBe("/srv/providers");
    expect(findMirror(search([old]))?.awsVersions).toEqual(["4.67.0"]);
  });

  it("looks at most three levels below the root, and not where devices, processes and temporary files are", () => {
    expect(findMirror(search([release("/a/b/c", "5.100.0")]))).toBeUndefined();
    expect(findMirror(search([release("", "5.100.0")]))?.root).toBe("/");
    for (const directory of ["/proc", "/sys", "/dev", "/tmp", "/tmp/x", "/run"]) {
      expect(findMirror(search([release(directory, "5.100.0")]))).toBeUndefined();
    }
  });

  it("does not run what it found by search where anybody may have put it", () => {
    const untrusted = fileSystem([nearRoot], ["/srv/providers/registry.terraform.io"]);
    expect(findMirror(search([], { fileSystem: untrusted }))).toBeUndefined();
  });

  it("gives up when its time is over", () => {
    const files = fileSystem([nearRoot]);
    let time = 0;
    const now = () => {
      time += 1000;
      return time;
    };
    expect(findMirror(search([], { fileSystem: files, budgetMs: 500, now }))).toBeUndefined();
    expect(files.listed).not.toContain("/srv");
  });

  it("finds nothing on an empty machine", () => {
    expect(findMirror(search([], { home: "" }))).toBeUndefined();
  });
});

describe("impliedMirrorDirectories", () => {
  const directories = (platform: NodeJS.Platform, env: Record<string, string>) =>
    impliedMirrorDirectories({ os: platform, env, home: "/home/user", workingDirectory: "/srv" });

  it("are Terraform's on Linux", () => {
    expect(directories("linux", {})).toEqual([
      "/srv/terraform.d/plugins",
      "/home/user/.terraform.d/plugins",
      "/home/user/.local/share/terraform/plugins",
      "/usr/local/share/terraform/plugins",
      "/usr/share/terraform/plugins",
    ]);
    expect(directories("linux", { XDG_DATA_HOME: "/data", XDG_DATA_DIRS: "/x" }).slice(2)).toEqual([
      "/data/terraform/plugins",
      "/x/terraform/plugins",
    ]);
  });

  it("are Terraform's on macOS", () => {
    expect(directories("darwin", {}).slice(1)).toEqual([
      "/home/user/.terraform.d/plugins",
      "/home/user/Library/Application Support/io.terraform/plugins",
      "/Library/Application Support/io.terraform/plugins",
    ]);
  });

  it("are Terraform's on Windows", () => {
    expect(directories("win32", { APPDATA: "/appdata" }).slice(1)).toEqual([
      "/appdata/terraform.d/plugins",
      "/appdata/HashiCorp/Terraform/plugins",
    ]);
  });
});

it("names platforms as Terraform does", () => {
  expect(terraformPlatform("linux", "x64")).toBe("linux_amd64");
  expect(terraformPlatform("darwin", "arm64")).toBe("darwin_arm64");
  expect(terraformPlatform("win32", "ia32")).toBe("windows_386");
  expect(() => terraformPlatform("linux", "riscv64")).toThrow(/"riscv64".*x64/);
});

describe("realMirrorFileSystem", () => {
  let directory: string;
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), "provider-mirror-"));
  });
  afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

  it("tells files, directories and links apart, and is silent about what is not there", () => {
    fs.mkdirSync(path.join(directory, "a"));
    fs.writeFileSync(path.join(directory, "b"), "");
    fs.symlinkSync(path.join(directory, "a"), path.join(directory, "c"));
    expect(realMirrorFileSystem().list(directory)).toEqual([
      { name: "a", kind: "directory" },
      { name: "b", kind: "file" },
      { name: "c", kind: "link" },
    ]);
    expect(realMirrorFileSystem().list(path.join(directory, "none"))).toEqual([]);
  });

  it("trusts this user's directory until everybody may write to it", () => {
    const { isTrusted } = realMirrorFileSystem();
    expect(isTrusted(directory)).toBe(true);
    fs.chmodSync(directory, 0o777);
    expect(isTrusted(directory)).toBe(false);
    expect(isTrusted(path.join(directory, "none"))).toBe(false);
  });
});
