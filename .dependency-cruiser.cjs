/** CDKTF and the AWS resources of its providers. */
const CDKTF = "^node_modules/(cdktf|constructs|@cdktf)/";

/**
 * A folder may import its own files, those of the named folders, and packages.
 *
 * @param {string} folder
 * @param {string[]} others folders, or paths below them
 */
const mayImport = (folder, ...others) => ({
  name: `${folder}-imports`,
  comment: `${folder}/ imports ${others.length > 0 ? others.join(", ") : "nothing of the project's other folders"}.`,
  severity: "error",
  from: { path: `^${folder}/` },
  to: {
    path: "^(?!node_modules/)[^/]+/",
    pathNot: `^(${[folder, ...others].join("|")})/`,
    dependencyTypesNot: ["core"],
  },
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "nothing-imports-cli",
      comment: "The tools are built on the product, and not the other way round.",
      severity: "error",
      from: { pathNot: "^(cli|__tests__)/" },
      to: { path: "^cli/" },
    },
    {
      name: "schedule-is-pure",
      comment: "schedule/ imports nothing but itself: no package, and nothing of Node.js.",
      severity: "error",
      from: { path: "^schedule/" },
      to: { pathNot: "^schedule/" },
    },
    mayImport("functions", "schedule", "tick"),
    mayImport("tick"),
    mayImport("config", "schedule", "strategies"),
    mayImport("strategies", "schedule", "constructs", "functions"),
    mayImport("constructs", "schedule", "functions"),
    mayImport("stacks", "strategies", "constructs", "config", "schedule"),
    mayImport("emulator", "host"),
    mayImport("host"),
    {
      name: "main-imports",
      comment: "main.ts reads the configuration, checks the shell's variables, and builds the stacks.",
      severity: "error",
      from: { path: "^main\\.ts$" },
      to: { pathNot: "^(config|stacks|host)/" },
    },
    {
      name: "nothing-imports-tests",
      comment: "Tests and their fixtures are imported by tests alone.",
      severity: "error",
      from: { pathNot: "^__tests__/" },
      to: { path: "^__tests__/" },
    },
    {
      name: "a-strategy-is-one-folder",
      comment: "Only the two registries import a strategy's folder. Another strategy uses what strategies/ shares.",
      severity: "error",
      from: { path: "^strategies/([^/]+)/" },
      to: { path: "^strategies/[^/]+/", pathNot: "^strategies/$1/" },
    },
    {
      name: "strategies-by-registry",
      comment: "All other code asks strategies/index.ts and strategies/clocks.ts, which name every strategy.",
      severity: "error",
      from: { pathNot: "^(__tests__/|strategies/[^/]+/|strategies/(index|clocks)\\.ts$)" },
      to: { path: "^strategies/[^/]+/" },
    },
    {
      name: "functions-are-files",
      comment:
        "CDKTF code bundles a function from its file. It imports only its types, such as the shape of its event.",
      severity: "error",
      from: { path: "^(constructs|strategies)/" },
      to: { path: "^functions/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "registry-of-strategies-is-pure",
      comment: "Configuration, functions and tools read strategies/index.ts; CDKTF belongs to strategies/clocks.ts.",
      severity: "error",
      from: { path: "^strategies/(index|strategy)\\.ts$" },
      to: { path: `${CDKTF}|^constructs/`, reachable: true },
    },
    {
      name: "cdktf-is-for-stacks",
      comment:
        "CDKTF takes seconds to load. The tools run main.ts as a process, and import pure files alone, such as constructs/naming.ts.",
      severity: "error",
      from: { path: "^(cli|config|functions|schedule|emulator|host)/" },
      to: { path: CDKTF, pathNot: "/package\\.json$", reachable: true },
    },
    {
      name: "clocks-are-for-stacks",
      comment: "The CDKTF side of the strategies is imported by stacks only.",
      severity: "error",
      from: { path: "^(cli|config|functions|schedule|emulator|host|constructs)/" },
      to: { path: "^strategies/(clocks|[^/]+/clock)\\.ts$" },
    },
    {
      name: "no-sdk-at-synthesis",
      comment: "Synthesis calls nothing on AWS.",
      severity: "error",
      from: { path: "^(main\\.ts$|(config|strategies|constructs|stacks)/)" },
      to: { path: "^node_modules/@(aws-sdk|smithy)/" },
    },
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-provider-barrel",
      comment: "Import the resource's own file: the barrel takes 11 s and 750 MB.",
      severity: "error",
      from: {},
      to: { path: "^node_modules/@cdktf/provider-[^/]+/(lib/)?index\\." },
    },
    {
      name: "policy-data-is-for-tests",
      comment:
        "AWS's actions, resources and condition keys: tests look them up, and nothing that is deployed or run does.",
      severity: "error",
      from: { pathNot: "^__tests__/" },
      to: { path: "^node_modules/@cloud-copilot/" },
    },
    {
      name: "declared-dependencies",
      comment: "A package that is imported is in package.json.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "^node_modules" },
    exclude: { path: "^(cdktf\\.out|\\.metronome)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["types", "require", "node", "default"] },
    combinedDependencies: true,
  },
};
