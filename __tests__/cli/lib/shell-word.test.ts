import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { shellWord } from "../../../cli/lib/shell-word";

/** What a shell makes of some words. */
const words = (...texts: readonly string[]) =>
  spawnSync("sh", ["-c", `printf '%s\\0' ${texts.map(shellWord).join(" ")}`], { encoding: "utf8" })
    .stdout.split("\0")
    .slice(0, -1);

test("a shell reads the same text, and runs nothing in it", () => {
  const texts = [
    "it's",
    "`echo ran`",
    "$(echo ran)",
    '"$HOME"',
    "a b",
    "\\",
    "",
    "two\nlines",
    "~",
    "-n",
    "plain/path-1.x",
  ];
  expect(words(...texts)).toEqual(texts);
  const shelly = fc.string({
    unit: fc.constantFrom("'", '"', "`", "$", "(", ")", "\\", " ", "\n", "!", "*", "é", "a", ";"),
  });
  fc.assert(
    fc.property(fc.array(shelly, { minLength: 20, maxLength: 40 }), (all) => expect(words(...all)).toEqual(all)),
    {
      numRuns: 10,
    },
  );
});

test("a plain word stays plain", () => {
  expect(shellWord("plans/dev")).toBe("plans/dev");
  expect(shellWord("my plans/dev")).toBe("'my plans/dev'");
});
