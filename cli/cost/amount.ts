/** A number with the arithmetic that it came from, so that what is shown as a formula is what was reckoned. */
export interface Amount {
  readonly value: number;
  /** The arithmetic, in the signs `+ − × /` and brackets. */
  readonly text: string;
  /** Whether the text needs brackets as a factor. */
  readonly isSum: boolean;
}

type Term = number | Amount;

/** A number as itself. */
export function amount(value: Term): Amount {
  return typeof value === "number" ? { value, text: grouped(value), isSum: false } : value;
}

/** A number with thousands separated: `43,200`, `0.05`. */
export function grouped(value: number): string {
  const [whole = "", fraction] = String(value).split(".");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}

/** A quotient of two numbers: `60 / 7`, but `6` for 60 and 10. */
export function ratio(dividend: number, divisor: number): Amount {
  const value = dividend / divisor;
  return Number.isInteger(value)
    ? amount(value)
    : { value, text: `${grouped(dividend)} / ${grouped(divisor)}`, isSum: false };
}

/** The product; factors of 1 are left out of the text. */
export function times(...factors: readonly Term[]): Amount {
  const all = factors.map(amount);
  const shown = all.filter(({ text }) => text !== "1");
  const [only] = shown;
  if (shown.length === 1 && only) return only;
  return {
    value: all.reduce((product, { value }) => product * value, 1),
    // A part, such as 1 / 3,600, is shown as the division it is.
    text: shown.length === 0 ? "1" : shown.map(asFactor).join(" × ").replaceAll(" × 1 / ", " / "),
    isSum: false,
  };
}

/** The sum; terms of 0 are left out of the text. */
export function plus(...terms: readonly Term[]): Amount {
  const all = terms.map(amount).filter(({ value }) => value !== 0);
  const [only] = all;
  if (all.length <= 1) return only ?? amount(0);
  return {
    value: all.reduce((sum, { value }) => sum + value, 0),
    text: all.map(({ text }) => text).join(" + "),
    isSum: true,
  };
}

/** What is left of the first term; later terms of 0 are left out of the text. */
export function minus(first: Term, ...terms: readonly Term[]): Amount {
  const all = terms.map(amount).filter(({ value }) => value !== 0);
  const from = amount(first);
  if (all.length === 0) return from;
  return {
    value: all.reduce((rest, { value }) => rest - value, from.value),
    text: [from.text, ...all.map(asFactor)].join(" − "),
    isSum: true,
  };
}

function asFactor({ text, isSum }: Amount): string {
  return isSum ? `(${text})` : text;
}
