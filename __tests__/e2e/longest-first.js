const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * The end-to-end tests that take minutes, the longest first, so that none of them is begun last and waited for alone.
 * In a fresh clone jest knows no durations, and goes by the files' sizes.
 */
const LONGEST_FIRST = [
  "switching-at-a-minute",
  "switching-at-5-s",
  "sfn-loop",
  "lambda-clock",
  "cost",
  "state-survival",
  "plan-and-deploy",
  "monitoring",
  "state-backend",
  "ci-access",
];

/** Where a test stands: those that are not listed are quick, and come last. */
function placeOf({ path }) {
  const place = LONGEST_FIRST.findIndex((name) => path.endsWith(`/${name}.e2e.test.ts`));
  return place === -1 ? LONGEST_FIRST.length : place;
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => placeOf(a) - placeOf(b));
  }
};
