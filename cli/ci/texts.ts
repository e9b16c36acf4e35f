/** The user that writes with a workflow's own token. */
export const WORKFLOW_USER = "github-actions[bot]";

/** GitHub's limit of a comment's and an issue's text, in characters. */
const LONGEST_BODY = 65_536;

/** Longest text that a comment or an issue holds below its marker. */
export const LONGEST_TEXT = LONGEST_BODY - 536;

/** An invisible first line, by which a command finds its own text again. @param name letters, digits, dashes, spaces. */
const marker = (name: string) => `<!-- lambda-metronome: ${name} -->`;

/** Whether a text begins with a marker. */
export const isMarked = (body: string | null | undefined, name: string) => body?.startsWith(marker(name)) ?? false;

/** A text below its marker. A text that is too long for GitHub ends early, at the end of a line, and says so. */
export function markedBody(name: string, text: string): string {
  const body = `${marker(name)}\n${text.trim()}\n`;
  if (body.length <= LONGEST_BODY) return body;
  const notice = "\n\n… The rest is too long for GitHub; the job's summary has it all.\n";
  const kept = body.slice(0, LONGEST_BODY - notice.length);
  return kept.slice(0, kept.lastIndexOf("\n")) + notice;
}

/** Marks a text that holds for the time at which it was made, such as the next ticks. @param text whole lines. */
export function timed(text: string): string {
  return `${marker("timed")}\n${text}\n${marker("end of timed")}`;
}

/** A body without what {@link timed} marks in it: two bodies for which this is equal say the same at two times. */
export function withoutTimed(body: string): string {
  return body.replace(TIMED, "");
}

const TIMED = new RegExp(`^${marker("timed")}$.*?^${marker("end of timed")}$`, "gms");
