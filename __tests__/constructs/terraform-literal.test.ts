import fc from "fast-check";
import { terraformLiteral } from "../../constructs/terraform-literal";
import type { Json } from "../../schedule/tick";

test("expressions of Terraform are escaped in every text, keys too; all else stays", () => {
  const payload = { "${a}": ["%{if b}", "$${c}", "100 %, $5 {d}"], e: { f: null, g: 1.5, h: true } };
  expect(terraformLiteral(payload)).toEqual({
    "$${a}": ["%%{if b}", "$$".concat("$", "{c}"), "100 %, $5 {d}"],
    e: { f: null, g: 1.5, h: true },
  });
});

/** How Terraform reads the two escapes in a template: "$${" is "${", "%%{" is "%{" (its language reference, Strings). */
const asTerraformReads = (text: string) => text.replace(/\$\$\{/g, "${").replace(/%%\{/g, "%{");

test("Terraform makes the original of it, and sees no expression", () => {
  const texts = fc.string({ unit: fc.constantFrom("$", "%", "{", "}", "a", '"', "\\") });
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 2 }), texts, (value, text) => {
      const payload = { value: value as Json, [text]: text };
      const literal = JSON.stringify(terraformLiteral(payload));
      expect(literal.replace(/\$\$\{|%%\{/g, " ")).not.toMatch(/[$%]\{/);
      expect(asTerraformReads(literal)).toBe(JSON.stringify(payload));
    }),
  );
});
