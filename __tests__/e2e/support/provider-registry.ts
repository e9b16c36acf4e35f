import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { REGISTRY_HOST, terraformPlatform } from "../../../cli/providers/mirrors";

const run = promisify(execFile);

/** A release of a HashiCorp provider that the registry serves for this platform. */
export interface Release {
  /** Its name, such as `aws`. */
  readonly name: string;
  readonly version: string;
  /** The provider's program. Without one the release is listed, and cannot be downloaded. */
  readonly program?: string;
}

/** A registry of providers on a loopback port. */
export interface ProviderRegistry {
  /** A Terraform CLI configuration that sends the public registry's name here, and looks into no directory. */
  readonly cliConfigFile: string;
  /** The paths that were asked for, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** The key that signs the releases. */
interface SigningKey {
  readonly id: string;
  readonly armored: string;
  /** Writes the detached signature of a file. */
  sign(file: string, signature: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a registry that speaks Terraform's provider registry protocol (developer.hashicorp.com/terraform/internals):
 * versions, packages as zips, their checksums, and a signature of the checksums. It needs gpg and Python.
 *
 * @param directory for its files; it is created, and its path must be short enough for the socket of gpg's agent.
 */
export async function startRegistry(directory: string, releases: readonly Release[]): Promise<ProviderRegistry> {
  const key = await createKey(join(directory, "gpg"));
  const packages = new Map<string, object>();
  const files = new Map<string, string>();
  for (const release of releases) {
    if (release.program) packages.set(pathOf(release), await packaged(directory, release, key, files));
  }
  await key.close();

  const requests: string[] = [];
  const server = createServer(async ({ url = "" }, response) => {
    requests.push(url);
    const file = files.get(basename(url));
    if (file) {
      await pipeline(createReadStream(file), response).catch(() => response.destroy());
      return;
    }
    const name = /^\/v1\/providers\/hashicorp\/(\w+)\/versions$/.exec(url)?.[1];
    const listed = releases.filter((release) => release.name === name);
    const answer = listed.length > 0 ? { versions: listed.map(versionEntry) } : packages.get(url);
    response.statusCode = answer ? 200 : 404;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer ?? { errors: ["Not Found"] }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;

  const cliConfigFile = join(directory, "terraform.tfrc");
  const services = `services = { "providers.v1" = "http://127.0.0.1:${port}/v1/providers/" }`;
  writeFileSync(
    cliConfigFile,
    `host "${REGISTRY_HOST}" {\n  ${services}\n}\nprovider_installation {\n  direct {}\n}\n`,
  );
  return {
    cliConfigFile,
    requests,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

function versionEntry({ version }: Release) {
  const [os, arch] = terraformPlatform().split("_");
  return { version, protocols: ["5.0"], platforms: [{ os, arch }] };
}

/** The path at which Terraform asks for a release's package. */
function pathOf({ name, version }: Release): string {
  const [os, arch] = terraformPlatform().split("_");
  return `/v1/providers/hashicorp/${name}/${version}/download/${os}/${arch}`;
}

/** Makes the files of a release. @returns what the registry says about its package. */
async function packaged(
  directory: string,
  { name, version, program = "" }: Release,
  key: SigningKey,
  files: Map<string, string>,
): Promise<object> {
  const stem = `terraform-provider-${name}_${version}`;
  const zip = join(directory, `${stem}_${terraformPlatform()}.zip`);
  const sums = join(directory, `${stem}_SHA256SUMS`);
  // Stored, not compressed: the AWS provider has some 700 MB.
  const script =
    "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z: z.write(sys.argv[2], sys.argv[3], zipfile.ZIP_STORED)";
  await run("python3", ["-c", script, zip, program, basename(program)]);
  const shasum = await sha256(zip);
  writeFileSync(sums, `${shasum}  ${basename(zip)}\n`);
  await key.sign(sums, `${sums}.sig`);
  for (const file of [zip, sums, `${sums}.sig`]) files.set(basename(file), file);
  const [os, arch] = terraformPlatform().split("_");
  return {
    protocols: ["5.0"],
    os,
    arch,
    filename: basename(zip),
    download_url: `/files/${basename(zip)}`,
    shasums_url: `/files/${basename(sums)}`,
    shasums_signature_url: `/files/${basename(sums)}.sig`,
    shasum,
    signing_keys: { gpg_public_keys: [{ key_id: key.id, ascii_armor: key.armored }] },
  };
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** A new key in a directory of its own. */
async function createKey(home: string): Promise<SigningKey> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const gpg = (...args: readonly string[]) => run("gpg", ["--homedir", home, "--batch", ...args]);
  const owner = "A registry of the tests <registry@example.com>";
  await gpg("--passphrase", "", "--quick-generate-key", owner, "rsa2048", "sign", "never");
  const armoredFile = join(home, "key.asc");
  await gpg("--armor", "--output", armoredFile, "--export", owner);
  const { stdout } = await gpg("--list-keys", "--with-colons", owner);
  return {
    id: /^pub:(?:[^:]*:){3}([0-9A-F]+):/m.exec(stdout)?.[1] ?? "",
    armored: readFileSync(armoredFile, "utf8"),
    sign: async (file, signature) => {
      await gpg("--output", signature, "--detach-sign", file);
    },
    close: async () => {
      await run("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
    },
  };
}
