import { CommanderError } from "commander";
import { readStateRequest } from "../../../cli/state/state-options";

beforeEach(() => {
  for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

test.each([
  ["dev versions", { environment: "dev", stack: "clock", verb: "versions", all: false }],
  ["dev versions --all --stack state", { environment: "dev", stack: "state", verb: "versions", all: true }],
  ["dev restore latest-good", { environment: "dev", stack: "clock", verb: "restore", version: "latest-good" }],
  ["dev restore v1 --lineage l", { environment: "dev", stack: "clock", verb: "restore", version: "v1", lineage: "l" }],
  ["dev lock --stack ci", { environment: "dev", stack: "ci", verb: "lock" }],
  ["dev unlock an-id", { environment: "dev", stack: "clock", verb: "unlock", id: "an-id" }],
  ["dev adopt", { environment: "dev", stack: "clock", verb: "adopt" }],
])("%s", (line, request) => {
  expect(readStateRequest(line.split(" "))).toEqual(request);
});

test.each(["", "dev", "versions", "dev restore", "dev unlock", "dev unlock a b", "dev lock --stack x", "dev nope"])(
  "%j is refused",
  (line) => {
    expect(() => readStateRequest(line.split(" ").filter(Boolean))).toThrow(CommanderError);
  },
);
