/** Made once: to make a format takes a hundred times as long as to use it. */
const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const CENTS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** A number rounded to a whole one, with commas between thousands: `8,640`. */
export function wholeNumber(n: number): string {
  return WHOLE.format(Math.round(n));
}

/** US$ with cents, and commas between thousands: `1,234.50`. */
export function dollars(usd: number): string {
  return CENTS.format(usd);
}
