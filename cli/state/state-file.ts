import { z } from "zod";

const NO_SERIAL = "without a serial";
const NO_LINEAGE = "without a lineage";

/** What is read of a state in the format that Terraform has written since 0.12, and what is wrong if it cannot be read. */
const STATE = z.object(
  {
    version: z.literal(4, {
      error: ({ input }) => `format version ${JSON.stringify(input) ?? "missing"}, not 4`,
    }),
    /** Goes up by one with each change of the state. */
    serial: z.int(NO_SERIAL).nonnegative(NO_SERIAL),
    /** Given to a state when it is created, and kept for its life: two states of one lineage are of the same resources. */
    lineage: z.string(NO_LINEAGE).min(1, NO_LINEAGE),
    /** How many resources it holds, data sources not counted. */
    resources: z
      .array(z.looseObject({}), "without its resources")
      .transform((resources) => resources.filter(({ mode }) => mode === "managed").length),
  },
  "not an object",
);

/** What a Terraform state says of itself. */
type StateFacts = Omit<z.infer<typeof STATE>, "version">;

/** A text judged as a state: its facts, or why it is not a state. */
export type Judged = { readonly facts: StateFacts } | { readonly damage: string };

/** Whether a text is a Terraform state that Terraform would take. */
export function judgeState(text: string): Judged {
  if (text.trim() === "") return { damage: "empty" };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { damage: "not JSON" };
  }
  const { data, error } = STATE.safeParse(json);
  if (!data) return { damage: error.issues[0]?.message ?? "unknown" };
  const { version, ...facts } = data;
  return { facts };
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
  if (judged.facts.serial === serial) return text;
  for (const { 0: field, 1: digits = "", index } of text.matchAll(/"serial"\s*:\s*(\d+)(?=\s*[,}])/g)) {
    const end = index + field.length;
    const changed = `${text.slice(0, end - digits.length)}${serial}${text.slice(end)}`;
    // Resources may have a serial too.
    const now = judgeState(changed);
    if ("facts" in now && now.facts.serial === serial) return changed;
  }
  throw new Error("this state writes its serial in a way that is not known here: restore it by hand");
}
