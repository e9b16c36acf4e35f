/** Characters that change how a text is shown without being seen: controls but tab and line feed, marks of direction, and breaks of lines and paragraphs. */
const HIDDEN = /[^\P{C}\t\n]|[\u2028\u2029]/gu;

/**
 * A text from elsewhere whose invisible characters can be seen, such as `\u{1b}` for an escape. Every such text passes
 * here before it reaches a terminal or a reviewer. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(HIDDEN, escaped);
}

/** The same, of a text that stands within a line: its line feeds and tabs can be seen too, and begin no line of their own. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\t\n]/g, escaped);
}

/** A value with every text in it, at any depth, as {@link visibleLine} shows it. Names of fields stay. */
export function visibleTexts<T>(value: T): T {
  if (typeof value === "string") return visibleLine(value) as T;
  if (Array.isArray(value)) return value.map((one) => visibleTexts(one)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, visibleTexts(one)])) as T;
}

function escaped(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
