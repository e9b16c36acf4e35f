import { setupJest } from "cdktf/lib/testing/adapters/jest";

setupJest();

/** The functions' bundles, by name: see bundle-functions.ts. Tests of the bundling itself have `jest.unmock`. */
jest.mock("../constructs/function-bundle", () => {
  const actual = jest.requireActual("../constructs/function-bundle");
  const bundles = JSON.parse(process.env.METRONOME_TEST_BUNDLES ?? "{}");
  return { ...actual, bundleFunction: (name: string) => bundles[name] ?? actual.bundleFunction(name) };
});
