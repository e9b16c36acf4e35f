import fc from "fast-check";
import { code, diffText, fenced, listed, prose } from "../../../cli/terraform/markdown";

const anyText = fc.string({
  unit: fc.constantFrom("`", "``", "@", "a", "1", "#", "<", "&", "|", "*", "\n", " ", "\u202e", "\u001b"),
});

test("a fence is longer than any in it, so nothing ends it early", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const [open = "", ...rest] = fenced("diff", text).split("\n");
      const fence = open.replace(/diff$/, "");
      expect(fence).toMatch(/^`{3,}$/);
      expect(rest.slice(0, -1).filter((line) => line.includes(fence))).toEqual([]);
      expect(rest.at(-1)).toBe(fence);
    }),
  );
});

test("code in a line opens and closes once", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const written = code(text);
      const [ticks = ""] = /^`+/.exec(written) ?? [];
      const inner = written.slice(ticks.length, -ticks.length);
      expect(written.endsWith(ticks)).toBe(true);
      expect(inner.match(/`+/g)?.every((run) => run.length < ticks.length) ?? true).toBe(true);
      expect(written).not.toContain("\n");
    }),
  );
});

test("prose of others mentions no user, refers to nothing, opens no HTML and no table cell", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(prose(text)).not.toContain("\u001b");
      expect(prose(text)).not.toMatch(/@[\w`]|#\d|<|[\n\u202e]|(?<!\\)[`*|]/);
    }),
  );
  expect(prose("a_b")).toBe("a\\_b");
});

test("parts are listed as in a sentence", () => {
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed)).toEqual(["", "a", "a and b", "a, b and c"]);
});

test("marks are at column 0, and no line is lost", () => {
  const plan = [
    "  # a.b will be updated in-place",
    '  ~ resource "a" "b" {',
    "      + x = 1",
    "      - y = 2 -> null",
    "        z = 3",
    "    }",
    '-/+ resource "a" "c" {',
    '+/- resource "a" "d" {',
  ];
  expect(diffText(plan.join("\n")).split("\n")).toEqual([
    "# a.b will be updated in-place",
    '!   resource "a" "b" {',
    "+       x = 1",
    "-       y = 2 -> null",
    "        z = 3",
    "    }",
    '! resource "a" "c" {',
    '! resource "a" "d" {',
  ]);
});
