/** A longest excerpt of what a program printed, in characters. */
const EXCERPT = 200;

/**
 * Parses the JSON that a program printed.
 *
 * @param command the program and its arguments, as a user would type them.
 * @param text its standard output. The message of the error quotes the part before the JSON alone, because JSON of
 *   Terraform holds secrets.
 * @throws Error that names the command, what it printed and what to do.
 */
export function parsePrinted(command: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${command} was to print JSON, and printed ${described(text)}`);
  }
}

function described(text: string): string {
  const [before = ""] = text.trim().split(/^\s*[{[]\s*("|\{|\[|$)/m);
  const said = before.trim().slice(0, EXCERPT);
  if (text.trim() === "") return "nothing. Run the command by hand, and see what is wrong.";
  if (said === "") {
    return `JSON that ends or breaks midway (${text.length} characters). Check the free space of the disk, and try again.`;
  }
  if (said.startsWith("[command]")) {
    return `${JSON.stringify(said)} first: it is the wrapper of setup-terraform. Set terraform_wrapper: false in the workflow.`;
  }
  return `${JSON.stringify(said)}. Run the command by hand. If a script of this name is on the PATH, it must print only what the program prints.`;
}
