/** A text as one word of a shell's command line: in single quotes, unless it stands for itself without them. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
