import { visible } from "../lib/visible";

/**
 * A text from elsewhere, such as a note, to stand in prose: it neither formats, nor opens HTML, nor mentions a
 * user or an issue. GitHub looks for mentions after it has read the Markdown, so a backslash does not stop them;
 * a space of no width does.
 */
export function prose(text: string): string {
  return visible(text)
    .replace(/\s+/g, " ")
    .replace(/[\\`*_~[\]|]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "@\u200b")
    .replace(/#(?=\d)/g, "#\u200b");
}

/** A text as code in a line: nothing in it formats or mentions. */
export function code(text: string): string {
  const shown = visible(text).replace(/\s+/g, " ");
  const ticks = "`".repeat(longestRun(shown) + 1);
  const pad = /^`|`$/.test(shown) ? " " : "";
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

/** A text as a block of code, behind a fence longer than any in it. @param language such as `diff`. */
export function fenced(language: string, text: string): string {
  const shown = visible(text);
  const fence = "`".repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${language}\n${shown}\n${fence}`;
}

/** A block that is shut until it is clicked. */
export function collapsed(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** A table; a row's cells are Markdown already. All columns but the first are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, k) => (k === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** `1 policy`, `2 policies`, `2 rules`. */
export function counted(n: number, one: string): string {
  return `${n} ${n === 1 ? one : `${one}s`.replace(/ys$/, "ies")}`;
}

/** Made once: to make it takes a hundred times as long as to use it. */
const LIST = new Intl.ListFormat("en-GB");

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return LIST.format(parts);
}

/**
 * Terraform's plan as a diff: the mark of each line moved to column 0, by which GitHub colours. `!` is neither added nor
 * removed.
 *
 * @param plan as `terraform show -no-color` writes it.
 */
export function diffText(plan: string): string {
  return plan
    .trim()
    .replace(/^( *)(-\/\+|\+\/-|[+~-])(?= |$)/gm, (_, indent: string, mark: string) =>
      mark === "+" || mark === "-" ? `${mark}${indent}` : `!${indent}`,
    );
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
