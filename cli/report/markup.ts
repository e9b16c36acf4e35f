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

function textOf(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join("");
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
