import fc from "fast-check";

/** What no text from elsewhere may bring to a terminal: any control but tab and line feed, and what is not seen. */
export const HIDDEN = /[^\P{C}\t\n]|[\u2028\u2029]/u;

/** Texts that try to move the cursor, set the title, turn the direction, or stand for lines and commands of ours. */
export const hostileText = fc.string({
  maxLength: 40,
  unit: fc.constantFrom(
    ...["\u001b[2J", "\u001b]0;t\u0007", "\u009b1A", "\u001b[31m", "\b", "\r", "\n", "\t", "\u0000", "\u007f"],
    ...["\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\u2029", "\ud800", "\u{e0001}"],
    ...["$(touch x)", "`id`", "'", '"', ";", "|", "a", "7", "-", " ", "npx metronome"],
  ),
});
