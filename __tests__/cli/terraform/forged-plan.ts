import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What an attack leaves in the directory of a reviewed plan. Each ran code with the deploy role once; see ADR 0011. */
export interface Forgery {
  readonly attack: string;
  /**
   * @param directory that `npm run plan` wrote.
   * @param marker a file that the attacker's program writes if it is run.
   */
  readonly forge: (directory: string, marker: string) => void;
}

const COMMAND = "evil";

export const FORGERIES: readonly Forgery[] = [
  {
    attack: "an extra part below .terraform/providers, and a lock file with its checksum",
    forge: (directory, marker) => {
      const packages = ".terraform/providers/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64";
      write(directory, `${packages}/terraform-provider-aws_v5.100.0_x5`, program(marker));
      write(
        directory,
        ".terraform.lock.hcl",
        'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.100.0"\n  hashes = ["h1:ZXZpbA=="]\n}\n',
      );
    },
  },
  {
    attack: "a plan file with backend settings that run a program for credentials",
    forge: (directory, marker) => {
      write(directory, COMMAND, program(marker));
      write(directory, "aws.ini", `[profile evil]\ncredential_process = ${join(directory, COMMAND)}\n`);
      const backend = JSON.stringify({ profile: "evil", shared_config_files: ["aws.ini"] });
      write(directory, "plan.tfplan", zip({ tfplan: backend }));
      write(directory, ".terraform/terraform.tfstate", `{"version":3,"backend":{"type":"s3","config":${backend}}}`);
    },
  },
  {
    attack: "a plan file with a backslash in a name, which some readers take for a slash",
    forge: (directory, marker) => {
      const evil = {
        resource: { terraform_data: { x: { provisioner: [{ "local-exec": { command: `touch ${marker}` } }] } } },
      };
      const entries = { "tfconfig/m-/cdk.tf.json": JSON.stringify(evil), "tfconfig/m-\\cdk.tf.json": "{}" };
      write(directory, "plan.tfplan", zip(entries));
    },
  },
  {
    attack: "a key that stands twice in each JSON of the directory",
    forge: (directory, marker) => {
      const external = `{"external":{"x":{"program":["touch",${JSON.stringify(marker)}]}}}`;
      write(directory, "cdk.tf.json", `{"data":${external},"data":{}}`);
      for (const [name, twice] of [
        ["summary.json", '"digest": null'],
        ["steps.json", `"digest": "${"0".repeat(64)}", "steps": {}`],
      ] as const) {
        const text = readFileSync(join(directory, name), "utf8");
        write(directory, name, text.replace("{", `{${twice}, `));
      }
    },
  },
];

const program = (marker: string) => `#!/bin/sh\ntouch ${marker}\n`;

function write(directory: string, path: string, content: string | Buffer): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, 0o755);
}

/** A zip archive of uncompressed entries, in their order, with any names. */
function zip(entries: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(entries)) {
    const [path, content] = [Buffer.from(name), Buffer.from(text)];
    const sizes = Buffer.alloc(16);
    sizes.writeUInt32LE(crc32(content), 0);
    sizes.writeUInt32LE(content.length, 4);
    sizes.writeUInt32LE(content.length, 8);
    sizes.writeUInt16LE(path.length, 12);
    const local = Buffer.concat([Buffer.from("504b03041400000000000000" + "2100", "hex"), sizes, path, content]);
    const offset = Buffer.alloc(14);
    offset.writeUInt32LE(at, 10);
    central.push(Buffer.concat([Buffer.from("504b010214001400000000000000" + "2100", "hex"), sizes, offset, path]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
