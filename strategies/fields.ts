import { z } from "zod";

/** Text that must match; `what` completes the sentence "<value> …" and says what to write instead. */
export const text = (pattern: RegExp, what: string) => z.string({ error: what }).regex(pattern, { error: what });

/** A text that `read` makes a value of; it is refused if that is undefined. `what` as in {@link text}. */
export const textAs = <T, I extends string = string>(read: (value: string) => T | undefined, what: string) =>
  (z.string({ error: what }) as unknown as z.ZodType<I, I>).transform((value, context): T => {
    const found = read(value);
    if (found !== undefined) return found;
    context.addIssue({ code: "custom", input: value, message: what });
    return z.NEVER;
  });

/** One of these texts; `what` as in {@link text}. */
export const oneOf = <const T extends readonly string[]>(values: T, what: string) => z.enum(values, { error: what });

/** A whole number from `min` to `max`. @param unit with a space before it. */
export const wholeNumber = (min: number, max: number, unit: string, remedy: string) => {
  const error = `is not a whole number from ${min} to ${max}${unit}. ${remedy}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

/** Memory of a function in MB, as Lambda takes it. */
export const memory = wholeNumber(128, 10_240, " (MB)", "Leave it out for the default.");

/** A number of something that is deployed. The configuration's limits of today do not hold for it. */
export const count = z.int().min(0);
