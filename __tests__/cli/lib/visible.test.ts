import fc from "fast-check";
import { visible, visibleLine, visibleTexts } from "../../../cli/lib/visible";
import { HIDDEN, hostileText } from "../hostile";

test("what cannot be seen is made visible", () => {
  expect(visible("a\u202eb\u001b[31m\tc\r\nd\u2028e\u009bf")).toBe("a\\u{202e}b\\u{1b}[31m\tc\nd\\u{2028}e\\u{9b}f");
  expect(visibleLine("a\tb\r\nc")).toBe("a\\u{9}b\\u{a}c");
});

test("nothing hidden is left of any text, and a text without it stays", () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.string({ unit: "binary" })), (text) => {
      expect(visible(text)).not.toMatch(HIDDEN);
      expect(visibleLine(text)).not.toMatch(/[\t\n]/);
      if (!HIDDEN.test(text)) expect(visible(text)).toBe(text);
    }),
  );
});

test("every text of a value is shown so, and all else stays", () => {
  const value = { a: ["\u001b", { b: "x\ny" }], n: 1, none: null, yes: true };
  expect(visibleTexts(value)).toEqual({ a: ["\\u{1b}", { b: "x\\u{a}y" }], n: 1, none: null, yes: true });
});
