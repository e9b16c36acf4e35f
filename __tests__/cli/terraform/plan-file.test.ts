import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configurationOfPlan } from "../../../cli/terraform/plan-file";

/** A zip file with one stored entry, as APPNOTE.TXT has it: local header, data, central directory, end. */
function zipOf(name: string, text: string): Buffer {
  const [path, data] = [Buffer.from(name), Buffer.from(text)];
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), common, path, data]);
  const rest = Buffer.alloc(14);
  const central = Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\u0000", "latin1"), common, rest, path]);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe("a plan's own configuration", () => {
  const directory = mkdtempSync(join(tmpdir(), "metronome-plan-"));
  const file = join(directory, "plan.tfplan");
  afterAll(() => rmSync(directory, { recursive: true }));

  test("is read by file, and nothing else of it", async () => {
    writeFileSync(file, zipOf("tfconfig/m-/cdk.tf.json", '{"ü":1}'));
    expect([...(await configurationOfPlan(file))]).toEqual([["tfconfig/m-/cdk.tf.json", '{"ü":1}']]);
    writeFileSync(file, zipOf("tfstate", "secret"));
    expect([...(await configurationOfPlan(file))]).toEqual([]);
  });

  test("is not there where the file is no plan", async () => {
    writeFileSync(file, "not a zip file");
    await expect(configurationOfPlan(file)).rejects.toThrow();
  });
});
