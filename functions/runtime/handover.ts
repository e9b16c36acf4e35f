import { SECOND_MS } from "../../schedule/duration";

/** How long before its instant a serving clock claims a tick, in ms. */
const CLAIM_LEAD_MS = SECOND_MS;

/**
 * The same for a clock that is being handed over from: late enough that the clock which takes over has claimed what it
 * runs, so that nothing is in the retiring clock's hands when it is destroyed; early enough to be on time where the
 * other did not.
 */
const STAND_BY_LEAD_MS = 250;

/**
 * How long before its instant a function claims a tick, in ms, by what its clock is there for.
 *
 * @param role `serving` or `retiring`, as the stack has set it.
 * @throws TypeError for anything else.
 */
export function claimLead(role: string): number {
  if (role === "serving") return CLAIM_LEAD_MS;
  if (role === "retiring") return STAND_BY_LEAD_MS;
  throw new TypeError(`the clock's role is neither serving nor retiring: ${JSON.stringify(role)}`);
}
