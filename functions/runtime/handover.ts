/**
 * How long before it is due for dispatch a serving clock claims a tick, in ms: as long as all tries of a claim take, and not a
 * whole second. Then the tick before it is being written, if they are a second apart, and a claim would take its processor.
 */
const CLAIM_LEAD_MS = 900;

/**
 * The same for a retiring clock. It is late enough that the serving clock has claimed every tick that it can run, so
 * that the retiring clock has claimed none when it is destroyed. It is early enough to dispatch on time if the serving
 * clock has not claimed the tick.
 */
const STAND_BY_LEAD_MS = 250;

/**
 * How long before it is due for dispatch a function claims a tick, in ms, by the role of its clock.
 *
 * @param role `serving` or `retiring`, as the stack has set it.
 * @throws TypeError for anything else.
 */
export function claimLead(role: string): number {
  if (role === "serving") return CLAIM_LEAD_MS;
  if (role === "retiring") return STAND_BY_LEAD_MS;
  throw new TypeError(`the clock's role is neither serving nor retiring: ${JSON.stringify(role)}`);
}
