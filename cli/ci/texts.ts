/** Who writes with a workflow's own token. */
export const WORKFLOW_USER = "github-actions[bot]";

/** GitHub's limit of a comment's and an issue's text, in characters. */
const LONGEST_BODY = 65_536;

/** A line that no reader sees, by which a command knows its own text again. @param name letters, digits, dashes, colons. */
export const marker = (name: string) => `<!-- lambda-metronome: ${name} -->`;

/** Whether a text begins with a marker. */
export const isMarked = (body: string | null | undefined, name: string) => body?.startsWith(marker(name)) ?? false;

/**
 * A text with its marker before it, short enough for GitHub: what is too much is left out at the end, on a line's
 * border, and said.
 */
export function markedBody(name: string, text: string): string {
  const body = `${marker(name)}\n${text.trim()}\n`;
  if (body.length <= LONGEST_BODY) return body;
  const notice = "\n\n… The rest is too long for GitHub; the job's summary has it all.\n";
  const kept = body.slice(0, LONGEST_BODY - notice.length);
  return kept.slice(0, kept.lastIndexOf("\n")) + notice;
}
