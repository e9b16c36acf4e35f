import { inspect } from "node:util";

/** Colours that the terminal output uses. */
export type Colour = "green" | "red" | "yellow" | "cyan" | "bold" | "dim";

/** Paints a text. */
export type Paint = (colour: Colour, text: string) => string;

/**
 * Paints with ANSI escapes where `colour` says so, else leaves every text as it is. It takes Node's own table of
 * colours, because `util.styleText` came with Node.js 20.12 only and decides by itself whether stdout wants colours.
 */
export function painter(colour: boolean): Paint {
  if (!colour) return (_, text) => text;
  return (name, text) => {
    const [open, close] = inspect.colors[name] ?? [0, 0];
    return `\u001b[${open}m${text}\u001b[${close}m`;
  };
}
