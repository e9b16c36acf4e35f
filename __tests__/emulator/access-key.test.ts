import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessKeyFile, askEmulator, emulatorCredentials } from "../../emulator/access-key";
import { WORK_DIR } from "../../host/work-dir";

const directory = mkdtempSync(join(tmpdir(), "access-keys-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("each emulator has a key file of its own, in the work directory, which git ignores", () => {
  expect(accessKeyFile("http://127.0.0.1:4566")).toBe(join(WORK_DIR, "access-keys", "4566"));
  expect(accessKeyFile("http://127.0.0.1:4567")).not.toBe(accessKeyFile("http://127.0.0.1:4566"));
});

test("the credentials are the key that the launcher has written; without it they are none that an emulator takes", () => {
  writeFileSync(join(directory, "4566"), "METRONOME12\n");
  expect(emulatorCredentials("http://127.0.0.1:4566", directory).accessKeyId).toBe("METRONOME12");
  expect(emulatorCredentials("http://127.0.0.1:4567", directory).accessKeyId).toBe("METRONOME-UNKNOWN");
  expect(() => emulatorCredentials("http://127.0.0.1:4568", join(directory, "4566"))).toThrow(/ENOTDIR/);
});

describe("a question to an admin endpoint", () => {
  const asked: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    asked.push({ url: `${request.method} ${request.url}`, headers: request.headers, body });
    response.statusCode = request.url?.endsWith("refused") ? 400 : 200;
    response.end(JSON.stringify({ error: "why" }));
  });
  let endpoint: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  test("carries the key, and none of the headers for which the emulator refuses a web page", async () => {
    expect(await askEmulator(endpoint, "faults", { post: { rule: "r" } })).toEqual({ error: "why" });
    expect(asked.at(-1)).toMatchObject({
      url: "POST /_metronome/faults",
      headers: { authorization: "Bearer METRONOME-UNKNOWN", host: endpoint.slice("http://".length) },
      body: '{"rule":"r"}',
    });
    const { headers } = asked.at(-1) as { headers: IncomingHttpHeaders };
    for (const name of ["origin", "sec-fetch-site", "sec-fetch-dest", "sec-fetch-user"]) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  test("that is refused says why", async () => {
    await expect(askEmulator(endpoint, "refused")).rejects.toThrow('refused: 400 {"error":"why"}');
  });
});
