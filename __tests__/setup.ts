import { setupJest } from "cdktf/lib/testing/adapters/jest";

setupJest();

/** The functions' bundles, by name: see bundle-functions.ts. Tests of the bundling itself have `jest.unmock`. */
jest.mock("../constructs/function-bundle", () => {
  const actual = jest.requireActual("../constructs/function-bundle");
  const bundles = JSON.parse(process.env.METRONOME_TEST_BUNDLES ?? "{}");
  return { ...actual, bundleFunction: (name: string) => bundles[name] ?? actual.bundleFunction(name) };
});

/** cdktf keeps where each token was made, for its errors. In jest each such stack is mapped to its sources, which takes half of a synthesis. */
jest.mock("cdktf/lib/tokens/private/stack-trace", () => ({ captureStackTrace: () => [] }));
