/** A version as Terraform's providers have it: numbers, and a prerelease such as "beta1" or "". */
interface Version {
  readonly numbers: readonly number[];
  readonly prerelease: string;
}

const VERSION = /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const TERM = /^(=|!=|>=|<=|>|<|~>)?\s*(\S+)$/;

/**
 * Whether a version fits a Terraform version constraint such as ">= 5.100.0, < 7" or "~> 2.2".
 * A prerelease fits only a constraint that names it exactly, as in Terraform.
 *
 * @throws Error naming the version or the term of the constraint that cannot be read
 */
export function satisfies(version: string, constraint: string): boolean {
  const candidate = parse(version);
  return constraint.split(",").every((part) => {
    const term = TERM.exec(part.trim());
    if (!term?.[2]) {
      throw new Error(
        `The version constraint "${constraint}" cannot be read at "${part}": write it as Terraform does, for example ">= 5.100.0, < 7".`,
      );
    }
    return fits(candidate, term[1] ?? "=", parse(term[2]));
  });
}

/**
 * Orders versions as Terraform does: negative when `left` is older than `right`, zero when they are equal, positive otherwise.
 *
 * @throws Error naming the version that cannot be read
 */
export function compareVersions(left: string, right: string): number {
  return compare(parse(left), parse(right));
}

/** Whether the text is a version. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

function parse(text: string): Version {
  const match = VERSION.exec(text);
  if (!match?.[1]) {
    throw new Error(`"${text}" is not a version: write numbers with dots between them, for example "5.100.0".`);
  }
  return { numbers: match[1].split(".").map(Number), prerelease: match[2] ?? "" };
}

function fits(candidate: Version, operator: string, bound: Version): boolean {
  const order = compare(candidate, bound);
  if (candidate.prerelease !== "" && order !== 0) {
    return operator === "!=";
  }
  switch (operator) {
    case "!=":
      return order !== 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "~>":
      return order >= 0 && samePrefix(candidate, bound);
    default:
      return order === 0;
  }
}

/** Whether all numbers but the bound's last are the same: `~> 2.2` means 2.x, `~> 2.2.0` means 2.2.x. */
function samePrefix(candidate: Version, bound: Version): boolean {
  return bound.numbers.slice(0, -1).every((number, index) => (candidate.numbers[index] ?? 0) === number);
}

function compare(left: Version, right: Version): number {
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let index = 0; index < length; index++) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  if (left.prerelease === "" || right.prerelease === "") {
    return Number(left.prerelease === "") - Number(right.prerelease === "");
  }
  return left.prerelease.localeCompare(right.prerelease, "en", { numeric: true });
}
