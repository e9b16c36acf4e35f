const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * The end-to-end tests that take minutes: the smoke tests, then the others, the longest first, so that the run does not wait
 * for one that began last. In a fresh clone jest knows no durations and goes by the files' sizes.
 */
const ORDER = [
  "sfn-loop",
  "sqs-delay",
  "lambda-clock",
  "plan-and-deploy",
  "operate",
  "hours",
  "switching-sqs-delay",
  "switching-from-express",
  "switching-to-express",
  "switching-to-lambda-clock",
  "switching-to-sfn-loop",
  "switching-lambda-clock-to-sqs-delay",
  "switching-sqs-delay-to-lambda-clock",
  "state-survival",
  "express-loop",
  "sqs-delay-many",
  "sfn-loop-relative",
  "cost",
  "monitoring",
  "provider-registry",
  "state-backend",
  "ci-access",
];

/** A test's place in the order. Tests that are not listed are quick and come last. */
function placeOf({ path }) {
  const place = ORDER.findIndex((name) => path.endsWith(`/${name}.e2e.test.ts`));
  return place === -1 ? ORDER.length : place;
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => placeOf(a) - placeOf(b));
  }
};
