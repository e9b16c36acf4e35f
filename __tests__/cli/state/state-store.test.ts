import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { StateLocation } from "../../../cli/state/location";
import { StateStore, StoreError } from "../../../cli/state/state-store";

/** What S3 answers a request with: a status and an error's code. */
type Answer = readonly [status: number, code: string];

/** A server that speaks S3's protocol as far as its refusals go; what it keeps is tested on the emulator. */
let server: Server;
let requests: IncomingMessage[];
let answer: Answer;
let store: StateStore;

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    response.writeHead(answer[0], { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>${answer[1]}</Code><Message>the reason</Message></Error>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  store = new StateStore(location());
});

afterEach(async () => {
  store.close();
  await new Promise((resolve) => server.close(resolve));
});

function location(): StateLocation {
  return {
    environment: "dev",
    stack: "metronome-dev",
    account: "111111111111",
    region: "eu-central-1",
    bucket: "states",
    bucketRegion: "eu-central-1",
    key: "metronome-dev/terraform.tfstate",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
}

const VERSION = { id: "v1", writtenAt: 0, isLatest: true, size: 2 };

test("every call names the environment's account as the bucket's owner, and its refusal is explained", async () => {
  answer = [403, "AccessDenied"];
  const calls = [
    () => store.list(),
    () => store.read([VERSION]),
    () => store.write("{}", undefined),
    () => store.lock(),
    () => store.takeLock("{}"),
    () => store.releaseLock('"etag"'),
  ];
  for (const call of calls) {
    const refused = expect(call()).rejects;
    await refused.toThrow(StoreError);
    await refused.toThrow("S3 refused it (AccessDenied: the reason). Use credentials of account 111111111111");
  }
  expect(requests).toHaveLength(calls.length);
  for (const { headers } of requests) expect(headers["x-amz-expected-bucket-owner"]).toBe("111111111111");
});

test.each([
  [[404, "NoSuchBucket"], 'the state bucket "states" does not exist'],
  [[412, "PreconditionFailed"], "another command has changed the state in the meantime. It is left as it is"],
  [[400, "ExpiredToken"], "there are no valid AWS credentials (the reason). Log in to account 111111111111"],
  [[400, "Strange"], "the state of dev cannot be reached (Strange: the reason)."],
] as const)("%j: %s", async (told, message) => {
  answer = told;
  await expect(store.write("{}", undefined)).rejects.toThrow(message);
});

test("an embedded AWS that does not answer: the error says how to start it", async () => {
  const gone = new StateStore({ ...location(), endpoint: "http://127.0.0.1:1" });
  await expect(gone.lock()).rejects.toThrow(
    "the embedded AWS does not answer at http://127.0.0.1:1. npm start -- --keep",
  );
  gone.close();
});

test.each([
  [409, "ConditionalRequestConflict"],
  [412, "PreconditionFailed"],
] as const)(
  "a lock that another holds or just takes is not taken, and one that is another's is not released (%d)",
  async (...told) => {
    answer = told;
    expect(await store.takeLock("{}")).toBeUndefined();
    await store.releaseLock('"etag"');
    const [put, del] = requests;
    expect([put?.method, put?.headers["if-none-match"]]).toEqual(["PUT", "*"]);
    expect([del?.method, del?.headers["if-match"]]).toEqual(["DELETE", '"etag"']);
  },
);

test("a lock that does not exist is nothing; a version that has expired has no text", async () => {
  answer = [404, "NoSuchKey"];
  expect(await store.read([VERSION])).toMatchObject([{ id: "v1", text: "" }]);
  expect(await store.lock()).toBeUndefined();
});
