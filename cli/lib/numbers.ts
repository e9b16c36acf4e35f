/** A number rounded to a whole one, with commas between thousands: `8,640`. */
export function wholeNumber(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}

/** US$ with cents, and commas between thousands: `1,234.50`. */
export function dollars(usd: number): string {
  return usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
