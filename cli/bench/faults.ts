import { physicalName } from "../../constructs/naming";
import { askEmulator } from "../../emulator/access-key";

/** A fault of one firing of a rule, as the emulator's `/_metronome/faults` takes it. */
export interface FiringFault {
  readonly fault: "twice" | "late" | "lost";
  /** Delay in s. */
  readonly delaySeconds?: number;
  /** How many firings without a fault come before it. */
  readonly afterFirings: number;
}

/** How late a late firing comes, in s: after its minute, and before the next firing. */
const LATE_BY_S = 45;

/** The faults of each environment's rules: of five firings the first, the second and the fourth. */
export const FAULTS: readonly FiringFault[] = [
  { fault: "twice", afterFirings: 0 },
  { fault: "late", delaySeconds: LATE_BY_S, afterFirings: 1 },
  { fault: "lost", afterFirings: 3 },
];

/** Clock minutes until the firing after the last fault. */
export const FAULTS_TAKE_MINUTES = 5;

/** The faults in words. */
export const FAULTS_TEXT = `of each clock's firings the first came twice, the second ${LATE_BY_S} s late, and the fourth not at all`;

/** One firing of a rule, as `/_metronome/firings` lists it. */
export interface Firing {
  readonly rule: string;
  /** When it was due: ISO 8601, UTC; `null` if it was fired by hand. */
  readonly plannedAt: string | null;
  /** ISO 8601, UTC; `null` if it did not come. */
  readonly firedAt: string | null;
  readonly fault: string | null;
}

/** The beginning of the names of an environment's rules, functions and state machines. */
export function namePrefix(environment: string): string {
  return physicalName(environment, "");
}

/**
 * Checks that an environment's rules met every fault. Without it a clock that met none would look robust.
 *
 * @param since ms since the epoch; faults of earlier minutes do not count.
 * @throws Error if the rules have not met every fault.
 */
export function requireFaults(firings: readonly Firing[], environment: string, since: number): void {
  const met = firings
    .filter(({ rule, plannedAt }) => rule.startsWith(namePrefix(environment)) && Date.parse(plannedAt ?? "") >= since)
    .map(({ fault }) => fault);
  const unmet = FAULTS.map(({ fault }) => fault).filter((fault) => !met.includes(fault));
  if (unmet.length > 0) {
    throw new Error(
      `the rules of ${environment} have not fired ${unmet.join(", ")}: repeat the run with more minutes, such as --for 6m`,
    );
  }
}

/** The last 1,000 firings of rules on the embedded AWS at `endpoint`, oldest first. */
export async function firingsOn(endpoint: string): Promise<readonly Firing[]> {
  return ((await askEmulator(endpoint, "firings")) as { firings: Firing[] }).firings;
}

/** Puts {@link FAULTS} on the next firings of an environment's rules. @throws Error if the embedded AWS refuses one. */
export async function breakRules(endpoint: string, environment: string): Promise<void> {
  for (const fault of FAULTS) {
    await askEmulator(endpoint, "faults", { post: { rule: namePrefix(environment), firings: 1, ...fault } });
  }
}
