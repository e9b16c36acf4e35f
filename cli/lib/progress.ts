import { visible } from "./visible";

/** A span in ms as `2m 05s`. */
export function minutesAndSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
}

/** Prints what happens to an environment, in sentences, beside the command's output. */
export function sayOf(environment: string): (text: string) => void {
  return (text) => console.error(`  ${environment}: ${visible(text)}`);
}
