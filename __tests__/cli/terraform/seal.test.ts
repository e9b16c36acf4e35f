import * as fc from "fast-check";
import { SealError, seal, unseal } from "../../../cli/terraform/seal";

const KEY = "x".repeat(32);
const bytes = (...values: number[]) => Buffer.from(values);

test("what was sealed comes back, whatever it is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.string({ minLength: 24, maxLength: 60 }), (content, key) => {
      expect(unseal(seal(Buffer.from(content), key), key)).toEqual(Buffer.from(content));
    }),
    { numRuns: 8 },
  );
});

test("one byte changed anywhere, a byte cut or added: it cannot be opened", () => {
  const sealed = seal(Buffer.from("plan.tfplan and more"), KEY);
  const altered = (at: number) => {
    const copy = Buffer.from(sealed);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), (at) => {
      expect(() => unseal(altered(at), KEY)).toThrow(SealError);
    }),
    { numRuns: 20 },
  );
  expect(() => unseal(sealed.subarray(0, -1), KEY)).toThrow(SealError);
  expect(() => unseal(Buffer.concat([sealed, bytes(0)]), KEY)).toThrow(SealError);
});

test("another key does not open it, and the message says what to do", () => {
  const sealed = seal(Buffer.from("plan"), KEY);
  expect(() => unseal(sealed, "y".repeat(32))).toThrow(
    /not the key it was sealed with, or the file was altered.*same key/s,
  );
});

test("the content is not in the file, and no two files are alike", () => {
  const content = Buffer.from("a secret in clear, in a plan");
  const [one, other] = [seal(content, KEY), seal(content, KEY)];
  expect(one.includes(content)).toBe(false);
  expect(one.equals(other)).toBe(false);
});

test.each([undefined, ""])("without a key (%p) nothing is sealed or opened", (key) => {
  expect(() => seal(bytes(1), key)).toThrow(/METRONOME_PLAN_KEY is not set.*openssl rand/);
  expect(() => unseal(bytes(1), key)).toThrow(/METRONOME_PLAN_KEY is not set.*openssl rand/);
});

test("a short key is refused, and not shown", () => {
  expect(() => seal(bytes(1), "hunter2")).toThrow(/has 7 characters, fewer than 24.*openssl rand/);
  expect(() => seal(bytes(1), "hunter2")).not.toThrow(/hunter2/);
});

test("a file of another kind or a later version is told from an altered one", () => {
  const sealed = seal(bytes(1), KEY);
  const later = Buffer.from(sealed);
  later[later.indexOf("1\n")] = "2".charCodeAt(0);
  for (const file of [Buffer.from("PK zip"), Buffer.alloc(0), later]) {
    expect(() => unseal(file, KEY)).toThrow(/not a sealed plan of this version, or it is cut/);
  }
});
