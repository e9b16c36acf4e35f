import { createColors } from "picocolors";

/** Colours that the terminal output uses. */
export type Colour = "green" | "red" | "yellow" | "bold" | "dim";

/** Paints a text. */
export type Paint = (colour: Colour, text: string) => string;

/** @param colour whether to paint with ANSI escapes; if not, every text stays as it is. */
export function painter(colour: boolean): Paint {
  const colours = createColors(colour);
  return (name, text) => colours[name](text);
}

/** Whether output to a stream is coloured: NO_COLOR and FORCE_COLOR decide, else whether the stream is a terminal. */
export function wantsColour(
  { NO_COLOR, FORCE_COLOR }: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): boolean {
  if (NO_COLOR) return false;
  return FORCE_COLOR ? FORCE_COLOR !== "0" : isTTY;
}
