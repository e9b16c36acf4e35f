import fc from "fast-check";
import { type Amount, amount, minus, plus, ratio, times } from "../../../cli/cost/amount";
import { evaluate } from "./formula";

test("a number is shown with its thousands apart", () => {
  expect([43_200, 0.05, 1_000_000_000, 999, 1_234.5].map((value) => amount(value).text)).toEqual([
    "43,200",
    "0.05",
    "1,000,000,000",
    "999",
    "1,234.5",
  ]);
});

test("a quotient is shown where it is not a whole number", () => {
  expect(ratio(60, 10)).toEqual({ value: 6, text: "6", isSum: false });
  expect(ratio(60, 7).text).toBe("60 / 7");
});

test("what changes nothing is left out, and sums are in brackets where they must be", () => {
  expect(times(1, 43_200).text).toBe("43,200");
  expect(times(43_200, plus(times(3, 6), 4)).text).toBe("43,200 × (3 × 6 + 4)");
  expect(plus(0, 6, 0).text).toBe("6");
  expect(times(minus(60, 30, 0), ratio(1, 3_600)).text).toBe("(60 − 30) / 3,600");
  expect([times(1, 1).text, plus().text]).toEqual(["1", "0"]);
});

test("the text comes to the value, whatever it was made of", () => {
  const { term } = fc.letrec<{ term: Amount }>((tie) => {
    const two = fc.tuple(tie("term"), tie("term"));
    const positive = fc.integer({ min: 1, max: 90 });
    return {
      term: fc.oneof(
        { maxDepth: 4 },
        fc.integer({ min: 0, max: 5_000 }).map(amount),
        fc.tuple(positive, positive).map(([dividend, divisor]) => ratio(dividend, divisor)),
        two.map(([a, b]) => times(a, b)),
        two.map(([a, b]) => plus(a, b)),
        two.map(([a, b]) => minus(a, b)),
      ),
    };
  });
  fc.assert(
    fc.property(term, ({ value, text }) => {
      // Terms that cancel out leave the rounding of the larger ones.
      const largest = Math.max(1, ...magnitudes(text));
      expect(Math.abs(evaluate(text) - value)).toBeLessThanOrEqual(1e-9 * largest);
    }),
  );
});

/** The products of the numbers in a formula's terms, without their signs: how large what was added up is. */
function magnitudes(text: string): number[] {
  return [Math.abs(evaluate(text.replaceAll("−", "+")))];
}
