import { runInNewContext } from "node:vm";

/** What formulas come to, by another arithmetic than their own. */
export function evaluateAll(texts: readonly string[]): number[] {
  const code = texts.map((text) => text.replaceAll(",", "").replaceAll("×", "*").replaceAll("−", "-"));
  return [...runInNewContext(`[${code.join()}]`)];
}

/** What a formula comes to. */
export function evaluate(text: string): number {
  return evaluateAll([text])[0] as number;
}
