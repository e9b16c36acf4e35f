import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environments } from "../../../config/environments";
import type { Environments } from "../../../config/schema";
import { childEnvironment } from "../../../host/child-environment";
import { runCommand } from "../../../host/run-command";
import { PROJECT_DIR, WORK_DIR } from "../../../host/work-dir";
import { MINUTE_MS } from "../../../schedule/duration";
import { environment, FUNCTION, schedule, TOPIC } from "../../config/examples";
import { SOURCE_FOLDERS } from "../../source-folders";
import { CI, PROVIDER } from "../../stacks/ci-roles";
import { STRATEGIES } from "../../stacks/strategies";
import { describeUnless } from "../support/needs";

/** The fork's packages: the first release line whose archive bindings and AWS bindings fit cdktn 0.24. */
const CDKTN: Readonly<Record<string, string>> = {
  cdktn: "0.24.0",
  "@cdktn/provider-aws": "25.7.0",
  "@cdktn/provider-archive": "14.0.1",
};

/** All that `main.ts` loads. */
const APP = ["main.ts", "package.json", "tsconfig.json", ...SOURCE_FOLDERS];

const RENAMED: readonly (readonly [from: RegExp, to: string])[] = [
  [/"cdktf"/g, '"cdktn"'],
  [/"@cdktf\/provider-/g, '"@cdktn/provider-'],
];

/** The fork's bindings are made for a newer provider. A constraint keeps the version that is deployed. */
const PINNED = { awsProviderVersion: "6.25.0" };

/** The configuration, and each strategy with CI's access, alarms, a target of each kind and a clock that retires. */
const ENVIRONMENTS: Environments = {
  ...Object.fromEntries(Object.entries(environments).map(([name, fields]) => [name, { ...PINNED, ...fields }])),
  ...Object.fromEntries(
    STRATEGIES.map(([, strategy], index) => [
      `kind-${index}`,
      environment({
        ...PINNED,
        strategy,
        // An account has one provider of GitHub's identities.
        ci: index === 0 ? CI : { ...CI, oidcProviderArn: PROVIDER },
        backend: { bucket: `metronome-state-kind-${index}` },
        schedules: [schedule({ name: "a", targets: [FUNCTION, TOPIC] }), schedule({ name: "b" })],
        monitoring: { metrics: "schedules", alarms: true, dashboard: true, alarmEmail: "team@example.org" },
      }),
    ]),
  ),
};

/** What the npm registry in use lacks, if anything. */
function lackingPackages(): string | undefined {
  const packages = Object.entries(CDKTN).map(([name, version]) => `${name}@${version}`);
  const lacking = packages.filter((one) => {
    const options = { cwd: PROJECT_DIR, encoding: "utf8", env: childEnvironment("npm", process.env) } as const;
    return spawnSync("npm", ["view", one, "version"], options).stdout?.trim() === "";
  });
  return lacking.length > 0 ? `npm finds no ${lacking.join(", no ")}` : undefined;
}

describeUnless(lackingPackages(), "the way to cdktn, the maintained fork", () => {
  let directory: string;

  beforeAll(() => {
    mkdirSync(WORK_DIR, { recursive: true });
    // Below the project: all other packages are found in its node_modules.
    directory = mkdtempSync(join(WORK_DIR, "cdktn-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it(
    "renaming the imports is all: every stack synthesizes to the same JSON but for the tool's version",
    async () => {
      const [before, after] = [copyApp("cdktf"), copyApp("cdktn")];
      expect(renameImports(after)).toBeGreaterThan(10);
      await install(after);

      const [expected, found] = [await synthesize(before), await synthesize(after)];
      expect(Object.keys(expected)).toHaveLength(Object.keys(ENVIRONMENTS).length * 2 + STRATEGIES.length);
      expect(new Set(Object.values(expected).map(takeVersion))).toEqual(new Set(["0.21.0"]));
      expect(new Set(Object.values(found).map(takeVersion))).toEqual(new Set([CDKTN.cdktn]));
      // Terraform reads both as registry.terraform.io/hashicorp/aws.
      expect(new Set(Object.values(expected).flatMap(takeSources))).toEqual(new Set(["aws", "hashicorp/archive"]));
      expect(new Set(Object.values(found).flatMap(takeSources))).toEqual(
        new Set(["hashicorp/aws", "hashicorp/archive"]),
      );
      expect(found).toEqual(expected);
    },
    10 * MINUTE_MS,
  );

  function copyApp(name: string): string {
    const copy = join(directory, name);
    for (const part of APP) cpSync(join(PROJECT_DIR, part), join(copy, part), { recursive: true });
    writeFileSync(
      join(copy, "config", "environments.ts"),
      `import type { Environments } from "./schema";\nexport const environments: Environments = ${JSON.stringify(ENVIRONMENTS)};\n`,
    );
    return copy;
  }

  /** Without the scripts of packages, and beside the project's own package.json, which names cdktf. */
  async function install(copy: string): Promise<void> {
    const { constructs } = JSON.parse(readFileSync(join(PROJECT_DIR, "package.json"), "utf8")).dependencies;
    const dependencies = { ...CDKTN, constructs };
    writeFileSync(join(copy, "package.json"), JSON.stringify({ private: true, dependencies }));
    await runCommand("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: copy,
      env: childEnvironment("npm", process.env),
    });
  }
});

/** Renames the imports in all TypeScript files below a directory. @returns the number of files that changed. */
function renameImports(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.filter((file) => {
    const path = join(directory, file);
    const text = readFileSync(path, "utf8");
    const renamed = RENAMED.reduce((all, [from, to]) => all.replace(from, to), text);
    if (renamed !== text) writeFileSync(path, renamed);
    return renamed !== text;
  }).length;
}

/** A stack's JSON, as far as this test looks into it. */
interface Stack {
  readonly "//": { readonly metadata: { version?: string } };
  readonly terraform: { readonly required_providers: Readonly<Record<string, { source?: string }>> };
}

/** Runs `main.ts` as cdktf and cdktn do. @returns each stack's JSON, and the names of its assets, by the stack. */
async function synthesize(copy: string): Promise<Record<string, Stack>> {
  const output = join(copy, "cdktf.out");
  const env = { ...childEnvironment("app", process.env), CDKTF_OUTDIR: output };
  await runCommand(process.execPath, ["--import", "tsx", "main.ts"], { cwd: copy, env });
  const stacks = join(output, "stacks");
  return Object.fromEntries(
    readdirSync(stacks)
      .filter((stack) => statSync(join(stacks, stack)).isDirectory())
      .map((stack) => [stack, JSON.parse(readFileSync(join(stacks, stack, "cdk.tf.json"), "utf8")) as Stack]),
  );
}

/** Removes the version of the tool from a stack's JSON, and returns it. */
function takeVersion({ "//": { metadata } }: Stack): string | undefined {
  const { version } = metadata;
  delete metadata.version;
  return version;
}

/** Removes the providers' sources from a stack's JSON, and returns them. */
function takeSources({ terraform }: Stack): (string | undefined)[] {
  return Object.values(terraform.required_providers).map((provider) => {
    const { source } = provider;
    delete provider.source;
    return source;
  });
}
