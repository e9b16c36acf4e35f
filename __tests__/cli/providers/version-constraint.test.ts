import { satisfies } from "../../../cli/providers/version-constraint";

describe("satisfies", () => {
  it.each([
    ["5.100.0", ">= 5.100.0, < 7", true],
    ["6.25.0", ">= 5.100.0, < 7", true],
    ["7.0.0", ">= 5.100.0, < 7", false],
    ["5.99.9", ">= 5.100.0, < 7", false],
    ["2.7.1", "2.7.1", true],
    ["2.7.1", "= 2.7.1", true],
    ["2.7.10", "2.7.1", false],
    ["2.7.1", "~> 2.2", true],
    ["3.0.0", "~> 2.2", false],
    ["2.2.9", "~> 2.2.0", true],
    ["2.3.0", "~> 2.2.0", false],
    ["2.1.0", "~> 2.2", false],
    ["3.0.0", "~> 2", true],
    ["7.0.1", "<= 7", false],
    ["5.0.1", "> 5", true],
    ["5.100.1", "5.100", false],
    ["2.7.1", "!= 2.7.1", false],
    ["2.7.2", "> 2.7.1, <= 2.7.2", true],
    ["6.0.0-beta1", ">= 5.0.0", false],
    ["6.0.0-beta1", "6.0.0-beta1", true],
    ["6.0.0-beta1", "!= 6.0.0", true],
  ])("%s fits %s: %s", (version, constraint, expected) => {
    expect(satisfies(version, constraint)).toBe(expected);
  });

  it.each(["", ">= ", "5.x", "=> 5"])("refuses the constraint %j, naming it", (constraint) => {
    expect(() => satisfies("5.0.0", constraint)).toThrow(/version constraint ".*" is wrong at/);
  });
});
