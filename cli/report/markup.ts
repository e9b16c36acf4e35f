/** A piece of HTML that is whole in itself. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = Markup | string | number | readonly (Markup | string)[];

/** HTML with values in it: each is escaped, unless it is {@link Markup} itself, so nothing that is reported can become markup. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const text = parts.reduce((whole, part, k) => whole + textOf(values[k - 1] as Value) + part);
  return new Markup(text);
}

/** A value as JSON inside a script element: no character in it can end the element or begin a comment. */
export function jsonInScript(value: unknown): Markup {
  const text = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escapedInJson);
  return new Markup(text);
}

function textOf(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join("");
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function escapedInJson(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
