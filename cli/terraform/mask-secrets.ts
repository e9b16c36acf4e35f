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
  const secrets = [...sensitiveTexts(planJson)].flatMap(spellings).filter((one) => one.length >= SHORTEST);
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

function sensitiveTexts(planJson: unknown): Set<string> {
  const texts = new Set<string>();
  const plan = recordOf(planJson);
  for (const { change } of [...listOf(plan.resource_changes), ...listOf(plan.resource_drift)].map(recordOf)) {
    collectBothSides(change, texts);
  }
  for (const change of Object.values(recordOf(plan.output_changes))) collectBothSides(change, texts);
  const declared = recordOf(recordOf(recordOf(plan.configuration).root_module).variables);
  for (const [name, variable] of Object.entries(recordOf(plan.variables))) {
    if (recordOf(declared[name]).sensitive === true) collect(recordOf(variable).value, true, texts);
  }
  return texts;
}

function collectBothSides(of: unknown, into: Set<string>): void {
  const change = recordOf(of);
  collect(change.before, change.before_sensitive, into);
  collect(change.after, change.after_sensitive, into);
}

/** Adds the texts and numbers of a value that its marks, `true` or marks of its parts, call sensitive. */
function collect(value: unknown, marks: unknown, into: Set<string>): void {
  if (typeof value === "object" && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      collect(part, marks === true ? true : recordOf(marks)[key], into);
    }
  } else if (marks === true && (typeof value === "string" || typeof value === "number")) {
    into.add(String(value));
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
