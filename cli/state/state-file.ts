/** What a Terraform state says of itself. */
export interface StateFacts {
  /** Goes up by one with each change of the state. */
  readonly serial: number;
  /** Given to a state when it is created, and kept for its life: two states of one lineage are of the same resources. */
  readonly lineage: string;
  /** Resources it holds, data sources not counted. */
  readonly resources: number;
}

/** A text judged as a state: its facts, or why it is not a state. */
export type Judged = { readonly facts: StateFacts } | { readonly damage: string };

/** The format that Terraform has written since 0.12. */
const STATE_FORMAT = 4;

/** Whether a text is a Terraform state that Terraform would take. */
export function judgeState(text: string): Judged {
  const state = parsed(text) as Record<string, unknown> | null | undefined;
  if (state === undefined) return { damage: text.trim() === "" ? "empty" : "not JSON" };
  if (state === null || typeof state !== "object" || Array.isArray(state)) return { damage: "not an object" };
  const { version, serial, lineage, resources } = state;
  if (version !== STATE_FORMAT)
    return { damage: `format version ${JSON.stringify(version) ?? "missing"}, not ${STATE_FORMAT}` };
  if (!Number.isSafeInteger(serial) || (serial as number) < 0) return { damage: "without a serial" };
  if (typeof lineage !== "string" || lineage === "") return { damage: "without a lineage" };
  if (!Array.isArray(resources)) return { damage: "without its resources" };
  const managed = resources.filter((resource) => resource?.mode === "managed");
  return { facts: { serial: serial as number, lineage, resources: managed.length } };
}

/** The addresses of all resources of a state's root module, such as `aws_iam_role.loop_role`. */
export function addressesOf(text: string): string[] {
  const { resources } = JSON.parse(text) as { resources: { mode: string; type: string; name: string }[] };
  return resources.filter(({ mode }) => mode === "managed").map(({ type, name }) => `${type}.${name}`);
}

/**
 * A state with another serial, and not one other character changed. It is not parsed and written again, because a state
 * can hold integers that JavaScript would round.
 *
 * @throws Error if the text is not a state.
 */
export function withSerial(text: string, serial: number): string {
  const judged = judgeState(text);
  if ("damage" in judged) throw new Error(`this text is not a state: ${judged.damage}`);
  const at = serialAt(text);
  return text.slice(0, at) + text.slice(at).replace(/^\d+/, String(serial));
}

/** The index of the outermost object's `serial`, of its digits; of several, the last, which is the one that counts. */
function serialAt(text: string): number {
  let depth = 0;
  let found = -1;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (depth === 1 && JSON.parse(token) === "serial") {
      const colon = /^\s*:\s*(?=\d+\s*[,}])/.exec(text.slice(index + token.length));
      if (colon) found = index + token.length + colon[0].length;
    }
  }
  if (found === -1) throw new Error("this state writes its serial in a way that is not known here: restore it by hand");
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
