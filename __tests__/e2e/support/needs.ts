/**
 * A group of tests that needs something which a machine need not have. Without it the group is skipped, and its title
 * says why: `run-checks.ts` prints the titles of what was skipped.
 *
 * @param lacking why the tests cannot run, as a clause; undefined if they can.
 */
export function describeUnless(lacking: string | undefined, title: string, tests: () => void): void {
  if (lacking === undefined) describe(title, tests);
  else describe.skip(`${title} (skipped: ${lacking})`, tests);
}
