import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package of npm of which a bundle has code. */
interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json has it: an SPDX expression. */
  readonly license: string;
  /** Its licence, and its NOTICE if it has one; empty if the package brings neither. */
  readonly text: string;
}

/** Licences that ask for no copy of their text (spdx.org/licenses). */
const WITHOUT_NOTICE = new Set(["MIT-0", "0BSD"]);

const LICENCE_FILE = /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i;

/**
 * The licences of the packages in a bundle, as their terms ask for: each text once, under the packages that it is of.
 *
 * @param files paths of the bundle's sources, relative to `projectDir`.
 * @throws Error if a package has no licence text, and its licence asks for it.
 */
export function thirdPartyNotices(files: readonly string[], projectDir: string): string {
  const packages = packagesOf(files).map((path) => readPackage(join(projectDir, path)));
  const byText = new Map<string, BundledPackage[]>();
  for (const one of packages) {
    const text = one.text || sameLicence(one, packages);
    byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  const sections = [...byText].map(([text, of]) => {
    const names = of.map(({ name, version, license }) => `${name} ${version} (${license})`).sort();
    return [...names, "", text].join("\n").trim();
  });
  const head = "This function has code of these packages, each under its own licence.";
  return `${[head, ...sections.sort()].join(`\n\n${"-".repeat(80)}\n`)}\n`;
}

/** The directories of the packages that files are of. */
function packagesOf(files: readonly string[]): string[] {
  const found = files.flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []);
  return [...new Set(found)].sort();
}

function readPackage(directory: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  const texts = readdirSync(directory)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(directory, file), "utf8").replace(/\r\n/g, "\n").trim());
  return { name, version, license, text: texts.join("\n\n") };
}

/** The text for a package that brings none: that of another package in the bundle, if it is the same for all of a licence. */
function sameLicence({ name, version, license }: BundledPackage, packages: readonly BundledPackage[]): string {
  if (WITHOUT_NOTICE.has(license)) return "";
  const other = license === "Apache-2.0" && packages.find((one) => one.license === license && one.text !== "");
  if (other) return other.text;
  throw new Error(
    `${name} ${version} is under ${license} and brings no text of it, which a bundle must have. Use another version or package.`,
  );
}
