import type { Template } from "../template";

/**
 * A template without what may change while the stack stays what it is: cdktf's notes, versions of cdktf and of the
 * providers, hashes of the functions' code. JSON in texts (policies, definitions) is taken apart, to be read in a diff.
 */
export function normalised(template: Template): unknown {
  return normalise(template.json);
}

function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, part]) => (key === "//" ? [] : [[key, normaliseField(key, part)]])),
    );
  }
  return typeof value === "string" ? normaliseText(value) : value;
}

function normaliseField(key: string, value: unknown): unknown {
  if (key !== "required_providers") return normalise(value);
  return Object.fromEntries(
    Object.entries(value as Record<string, { source: string }>).map(([name, { source }]) => [
      name,
      { source, version: "<version>" },
    ]),
  );
}

function normaliseText(text: string): unknown {
  if (/^[{[]/.test(text)) {
    try {
      return { "<JSON>": normalise(JSON.parse(text)) };
    } catch {
      return text;
    }
  }
  return text.replace(/^(assets\/[^/]+\/)[0-9A-F]{32}$/, "$1<hash>");
}
