import { painter, wantsColour } from "../../../cli/lib/colour";

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, false],
])("%j on a terminal: %s", (env, isTTY, colour) => {
  expect(wantsColour(env, isTTY)).toBe(colour);
});

test("paints with ANSI escapes or not at all", () => {
  expect(painter(true)("red", "x")).toBe("\u001b[31mx\u001b[39m");
  expect(painter(false)("red", "x")).toBe("x");
});
