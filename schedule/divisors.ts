/** The greatest common divisor of two whole numbers; that of a number and 0 is the number. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The least common multiple of two whole numbers, at least 1 each. */
export function commonMultiple(a: number, b: number): number {
  return (a * b) / greatestCommonDivisor(a, b);
}
