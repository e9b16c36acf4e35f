import fc from "fast-check";
import {
  arnBytes,
  dividedOverPolicies,
  granted,
  INLINE_BYTES,
  MANAGED_BYTES,
  tooManyTargets,
} from "../../strategies/target-policies";

/** The longest: a topic's of 256 characters, in GovCloud. */
const LONGEST_ARN = 302;

const arns = fc
  .uniqueArray(fc.tuple(fc.nat(), fc.integer({ min: 60, max: LONGEST_ARN })), {
    selector: ([number]) => number,
    minLength: 30,
    maxLength: 800,
  })
  .map((all) => all.map(([number, length]) => `arn:aws:sns:eu-central-1:111111111111:${number}-`.padEnd(length, "t")));

/** As many of the first ones as the policies take together. */
function fitting(all: readonly string[]): string[] {
  let bytes = 0;
  return all.filter((arn) => {
    bytes += arnBytes([arn]);
    return bytes <= MANAGED_BYTES;
  });
}

test("of whatever lengths, what is within the sum of the policies loses no ARN, and no policy is over its limit", () => {
  fc.assert(
    fc.property(arns, (all) => {
      const targets = fitting(all);
      const policies = dividedOverPolicies(targets);
      expect(tooManyTargets([{ targets }], [], "the pacer")).toBeUndefined();
      if (arnBytes(targets) <= INLINE_BYTES) {
        expect(policies).toEqual([]);
        return;
      }
      expect(policies).toHaveLength(9);
      expect(policies.flat().sort()).toEqual([...targets].sort());
      // The rest of three statements takes 300.
      for (const policy of policies) expect(arnBytes(policy)).toBeLessThanOrEqual(6_144 - 300);
    }),
  );
});

const functions = (count: number) =>
  Array.from({ length: count }, (_, k) => `arn:aws:lambda:eu-central-1:111111111111:function:tenant-${1000 + k}`);

test("another order divides them the same, and one more or less moves no other", () => {
  const all = functions(400);
  const policies = dividedOverPolicies(all);
  expect(dividedOverPolicies([...all].reverse())).toEqual(policies);
  for (const k of [0, 150, 399]) {
    const less = dividedOverPolicies(all.filter((_, n) => n !== k));
    expect(less).toEqual(policies.map((policy) => policy.filter((arn) => arn !== all[k])));
  }
});

test("what takes part of the inline policy beside them makes the division begin earlier", () => {
  const all = functions(140);
  expect(dividedOverPolicies(all)).toEqual([]);
  expect(dividedOverPolicies(all, INLINE_BYTES - arnBytes(all))).toEqual([]);
  expect(dividedOverPolicies(all, INLINE_BYTES - arnBytes(all) + 1).flat()).toHaveLength(140);
});

test("more than the policies hold is told with value, limit and remedies, and divided by no means", () => {
  const targets = functions(800);
  expect(tooManyTargets([{ targets }], [], "the pacer")).toBe(
    `name targets whose ARNs take ${800 * 64} bytes, and the policies of the pacer's role, which name each, have 49500. Name a topic, and subscribe the functions to it, or write targetPatterns, each of which stands for many targets.`,
  );
  expect(() => dividedOverPolicies(functions(1_000))).toThrow(RangeError);
  expect(tooManyTargets([{ targets }], [`${targets[0]?.slice(0, -4)}*`], "the pacer")).toBeUndefined();
});

test("patterns stand for the targets that they cover; the others, and no pattern that covers none, stay", () => {
  const [a, b, other] = ["f:tenant-a", "f:tenant-b:live", "f:other"];
  expect(granted([a, b, other] as string[], ["f:tenant-*", "f:unused-*"])).toEqual(["f:tenant-*", other]);
  expect(granted([a, b] as string[], [])).toEqual([a, b]);
});
