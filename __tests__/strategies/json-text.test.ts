import fc from "fast-check";
import type { Json } from "../../schedule/tick";
import { asciiJson, asciiJsonBytes, jsonBytes } from "../../strategies/json-text";

/** Every UTF-16 code unit alone, lone surrogates included; every character beyond them; and what is made of several. */
const units = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
const planes = Array.from({ length: 16 }, (_, plane) =>
  Array.from({ length: 0x10000 }, (_, low) => String.fromCodePoint((plane + 1) * 0x10000 + low)).join(""),
);
const PAYLOADS: readonly Json[] = [units, planes, { "Cafe\u0301": "\uf9b8 \u212b \u{1f469}\u200d\u{1f52c} \u202e" }];

test("all of Unicode is ASCII on its way, and the same at its end", () => {
  for (const payload of PAYLOADS) {
    const text = asciiJson(JSON.stringify(payload));
    expect(/^[\x20-\x7f]*$/.test(text)).toBe(true);
    expect(JSON.stringify(JSON.parse(text)) === JSON.stringify(payload)).toBe(true);
  }
});

test("so is any value, in keys and as text in text", () => {
  const texts = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary", maxDepth: 3 }), texts, (value, key) => {
      const payload = { [key]: value as Json };
      const inner = JSON.stringify(payload);
      const text = asciiJson(JSON.stringify({ inner }));
      expect(text.normalize("NFC")).toBe(text);
      expect(text).toMatch(/^[\x20-\x7f]*$/);
      expect(JSON.parse(text).inner).toBe(inner);
    }),
  );
});

test("ASCII stays as it is, and sizes are those of the escaped text", () => {
  const payload = { a: '"\\ $' + "{x} %" + "{y} ' ` $(z) \u007f", b: [1, null] };
  expect(asciiJson(JSON.stringify(payload))).toBe(JSON.stringify(payload));
  expect(asciiJsonBytes("é\u{1f600}")).toBe(2 + 6 + 12);
  expect(jsonBytes("é\u{1f600}")).toBe(2 + 2 + 4);
});
