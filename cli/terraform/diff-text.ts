/** Terraform's marks, and those that a diff is coloured by: `!` is neither added nor removed. */
const MARKS: Readonly<Record<string, string>> = { "+": "+", "-": "-", "~": "!", "-/+": "!", "+/-": "!" };

const MARKED = /^( *)(-\/\+|\+\/-|[+~-])( .*)?$/;

/**
 * Terraform's plan as a diff: the mark of each line moved to column 0, by which GitHub colours.
 *
 * @param plan as `terraform show -no-color` writes it.
 */
export function diffText(plan: string): string {
  return plan
    .trim()
    .split("\n")
    .map((line) => {
      const [, indent = "", mark = "", rest = ""] = MARKED.exec(line) ?? [];
      // The mark takes the first column.
      return mark ? `${MARKS[mark]}${indent}${rest}` : line;
    })
    .join("\n");
}
