import { canonicalJson, isObject } from "./fingerprint";

/**
 * Where two plans would do different things: addresses of resources and names of outputs, in order. What was there
 * before counts too: a plan that was made for something else is another plan. What Terraform found changed outside of it
 * does not, as far as no change follows from it.
 *
 * @param planned, fresh plans as `terraform show -json` has them.
 */
export function planDifferences(planned: unknown, fresh: unknown): string[] {
  const [a, b] = [steps(planned), steps(fresh)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((address) => a.get(address) !== b.get(address)).sort();
}

/** What a plan does, step by step; a resource that stays as it is is no step. */
function steps(plan: unknown): Map<string, string> {
  const found = new Map<string, string>();
  if (!isObject(plan)) return found;
  const resources = Array.isArray(plan.resource_changes) ? plan.resource_changes : [];
  for (const one of resources as unknown[]) {
    if (!isObject(one) || !isObject(one.change) || isNoStep(one.change)) continue;
    const { address, previous_address, deposed, mode, type, provider_name, change } = one;
    const key = deposed === undefined ? String(address) : `${address} (deposed ${deposed})`;
    found.set(key, canonicalJson({ previous_address, mode, type, provider_name, change }));
  }
  for (const [name, change] of Object.entries(isObject(plan.output_changes) ? plan.output_changes : {})) {
    if (isObject(change) && !isNoStep(change)) found.set(`output.${name}`, canonicalJson(change));
  }
  return found;
}

function isNoStep({ actions, importing }: Readonly<Record<string, unknown>>): boolean {
  return importing === undefined && Array.isArray(actions) && actions.every((action) => action === "no-op");
}
