import { required } from "../../functions/runtime/environment";

const NAME = "METRONOME_TEST_VARIABLE";
afterEach(() => {
  delete process.env[NAME];
});

test("a variable that the stack set is read", () => {
  process.env[NAME] = "metronome-ledger";
  expect(required(NAME)).toBe("metronome-ledger");
});

test.each([undefined, ""])("a variable that is %j is refused by its name", (value) => {
  if (value !== undefined) process.env[NAME] = value;
  expect(() => required(NAME)).toThrow(/^environment variable METRONOME_TEST_VARIABLE is not set/);
});
