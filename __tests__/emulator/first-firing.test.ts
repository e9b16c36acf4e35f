import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fireSoon, nextSecond } from "../../emulator/first-firing";

const at = (time: string) => Date.parse(`2026-11-26T06:40:${time}Z`);

test.each([
  ["within a minute", "12.300", 13],
  ["at its beginning", "00.000", 1],
  ["at the latest second", "55.999", 56],
  ["not so late that a function starts after second 0", "56.000", 0],
  ["at its end", "59.999", 0],
])("the next second %s", (_, time, second) => expect(nextSecond(at(time))).toBe(second));

describe("on an embedded AWS", () => {
  let server: Server;
  let firings: unknown[];
  let status: number;
  let phases: unknown[];
  beforeEach(async () => {
    [firings, status, phases] = [[], 200, []];
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => {
        body += part;
      });
      request.on("end", () => {
        if (request.method === "POST" && request.url === "/_metronome/firing") phases.push(JSON.parse(body));
        response.writeHead(status).end(JSON.stringify({ firings }));
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  afterEach(() => server.close());
  const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  test("the rules of a new clock move to the next second", async () => {
    await fireSoon(endpoint(), at("12.300"));
    expect(phases).toEqual([{ second: 13 }]);
  });

  test("a rule that has fired keeps its second: a relative loop would tick beside the one before it", async () => {
    firings = [{ rule: "metronome-local-loop-heartbeat" }];
    await fireSoon(endpoint(), at("12.300"));
    expect(phases).toEqual([]);
  });

  test("an error is named with what was asked", async () => {
    status = 500;
    await expect(fireSoon(endpoint())).rejects.toThrow(/refused firings: 500/);
  });
});
