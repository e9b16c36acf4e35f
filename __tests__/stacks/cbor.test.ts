import { fromCbor } from "./cbor";

/** Of RFC 8949, appendix A. */
const EXAMPLES: readonly (readonly [hex: string, value: unknown])[] = [
  ["00", 0],
  ["17", 23],
  ["1818", 24],
  ["1903e8", 1_000],
  ["1a000f4240", 1_000_000],
  ["1b000000e8d4a51000", 1_000_000_000_000],
  ["20", -1],
  ["3903e7", -1_000],
  ["fa47c35000", 100_000],
  ["fb3ff199999999999a", 1.1],
  ["f4", false],
  ["f5", true],
  ["f6", null],
  ["f7", undefined],
  ["c11a514b67b0", 1_363_896_240],
  ["4401020304", "01020304"],
  ["60", ""],
  ["6449455446", "IETF"],
  ["63e6b0b4", "\u6c34"],
  ["7f657374726561646d696e67ff", "streaming"],
  ["80", []],
  ["8301820203820405", [1, [2, 3], [4, 5]]],
  ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
  ["a0", {}],
  ["a26161016162820203", { a: 1, b: [2, 3] }],
  ["bf6346756ef563416d7421ff", { Fun: true, Amt: -2 }],
];

test.each(EXAMPLES)("%s", (hex, value) => {
  expect(fromCbor(Buffer.from(hex, "hex"))).toEqual(value);
});

test.each([
  ["nothing", "", "ends too early"],
  ["a text that is cut off", "6449", "ends too early"],
  ["a list that is not ended", "9f01", "ends too early"],
  ["two items", "0001", "bytes follow"],
  ["a half float", "f90000", "unknown kind: 25"],
  ["a length that is reserved", "1c", "unknown length: 28"],
])("%s is refused", (_what, hex, message) => {
  expect(() => fromCbor(Buffer.from(hex, "hex"))).toThrow(message);
});
