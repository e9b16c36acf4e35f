import semver from "semver";

const TERM = /^(=|!=|>=|<=|>|<|~>)?\s*(\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?)$/;

/**
 * Whether a version fits a Terraform version constraint such as ">= 5.100.0, < 7" or "~> 2.2".
 * A prerelease fits only a term that names its release, as in Terraform.
 *
 * @param version of three numbers
 * @throws Error naming the part of the constraint that is not a term
 */
export function satisfies(version: string, constraint: string): boolean {
  return constraint.split(",").every((part) => {
    const [, operator = "=", bound = ""] = TERM.exec(part.trim()) ?? [];
    const [numbers = "", ...prerelease] = bound.split("-");
    // npm reads "< 7" and "= 5.100" as ranges. Terraform reads them as 7.0.0 and 5.100.0.
    const full = [[...numbers.split("."), "0", "0"].slice(0, 3).join("."), ...prerelease].join("-");
    if (!semver.valid(full)) {
      throw new Error(
        `The version constraint "${constraint}" is wrong at "${part}": write for example ">= 5.100.0, < 7".`,
      );
    }
    if (operator === "!=") return !semver.eq(version, full);
    // All numbers but the last are fixed: "~> 2.2" allows 2.x, "~> 2.2.0" allows 2.2.x.
    if (operator === "~>")
      return semver.satisfies(version, `>=${full} ${numbers.split(".").slice(0, -1).join(".") || "*"}`);
    return semver.satisfies(version, `${operator}${full}`);
  });
}
