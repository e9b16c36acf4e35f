/** Shorter values are not looked for: they occur in a text by chance. */
const SHORTEST = 6;

/** What stands for a secret, in Terraform's words. */
const MASK = "(sensitive value)";

/**
 * A plan's text without the values that its JSON marks as sensitive.
 *
 * `terraform show` masks an attribute that is marked, but not another one that holds the same value without the mark:
 * a resource's computed copy of its input is shown in clear. So the values themselves are looked for.
 *
 * @param planJson the plan as `terraform show -json` writes it, parsed.
 * @param text the plan as `terraform show -no-color` writes it.
 */
export function maskSecrets(planJson: unknown, text: string): string {
  const secrets = sensitiveTexts(planJson)
    .flatMap(spellings)
    .filter((one) => one.length >= SHORTEST);
  // The longest first: one secret may be part of another.
  return [...new Set(secrets)]
    .sort((a, b) => b.length - a.length)
    .reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

/** How a value may stand in the text: as it is, quoted as HCL and JSON do it, or line by line. */
function spellings(value: string): string[] {
  const quoted = JSON.stringify(value).slice(1, -1);
  return [value, quoted, quoted.replace(/[$%](?=\{)/g, "$&$&"), ...value.split("\n").map((line) => line.trim())];
}

/** The texts and numbers that the plan marks as sensitive, before and after, wherever they are. */
function sensitiveTexts(plan: unknown): string[] {
  if (typeof plan !== "object" || plan === null) return [];
  const { before, before_sensitive, after, after_sensitive } = plan as Readonly<Record<string, unknown>>;
  const inside = Object.values(plan).flatMap(sensitiveTexts);
  return [...marked(before, before_sensitive), ...marked(after, after_sensitive), ...inside];
}

/** The texts and numbers of a value that its marks, `true` or marks of its parts, call sensitive. */
function marked(value: unknown, marks: unknown): string[] {
  if (typeof value === "object" && value !== null) {
    const markOf = (key: string) => marks === true || (marks as Readonly<Record<string, unknown>> | undefined)?.[key];
    return Object.entries(value).flatMap(([key, part]) => marked(part, markOf(key)));
  }
  return marks === true && (typeof value === "string" || typeof value === "number") ? [String(value)] : [];
}
