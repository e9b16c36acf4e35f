/**
 * What a schedule's place is asked for: hashes for two purposes are independent. If they were not, the schedules of one part
 * would tick at the same instants.
 */
const PURPOSES = { phase: 0x2545f491, part: 0x9e3779b9 } as const;

/**
 * A whole number from 0 to 2³² − 1 by a schedule's name, the same in every deployment and function: FNV-1a in 32 bits, and
 * the finalizer of MurmurHash3, because the lowest bits of FNV-1a alone depend on little of the name.
 *
 * @param name in ASCII, as every name of a schedule is.
 */
export function nameHash(name: string, purpose: keyof typeof PURPOSES): number {
  let value = 0x811c9dc5;
  for (let k = 0; k < name.length; k++) value = Math.imul(value ^ name.charCodeAt(k), 0x01000193);
  value ^= PURPOSES[purpose];
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
