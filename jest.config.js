/** Packages that are ES modules only. Jest reads CommonJS, so swc transforms them like the TypeScript here. */
const ES_MODULES =
  "@octokit|universal-user-agent|before-after-hook|fast-content-type-parse|json-with-bigint|content-type";

/** Jest runs TypeScript through swc; `tsc` checks the types. Each tier of tests is a project. */
const transform = {
  "^.+\\.(ts|js)$": [
    "@swc/jest",
    { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
  ],
};
const common = {
  testEnvironment: "node",
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES})/)`],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/\\.metronome"],
};
module.exports = {
  projects: [
    {
      ...common,
      displayName: "fast",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: ["<rootDir>/__tests__/e2e/"],
      globalSetup: "<rootDir>/__tests__/bundle-functions.ts",
      setupFilesAfterEnv: ["<rootDir>/__tests__/setup.ts"],
    },
    ...["smoke", "full"].map((tier) => ({
      ...common,
      displayName: tier,
      testMatch: [`<rootDir>/__tests__/e2e/${tier}/*.test.ts`],
    })),
  ],
};
