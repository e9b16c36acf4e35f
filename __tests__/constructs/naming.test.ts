import { ciName, functionLogGroup, physicalName, stackId, stateKey } from "../../constructs/naming";

test("a physical name is made of project, environment and role", () => {
  expect(physicalName("dev", "iterator")).toBe("metronome-dev-iterator");
  expect(stackId("dev")).toBe("metronome-dev");
  expect(stateKey("metronome-dev")).toBe("metronome-dev/terraform.tfstate");
  expect(functionLogGroup("metronome-dev-iterator")).toBe("/aws/lambda/metronome-dev-iterator");
  expect(ciName("dev", "plan")).toBe("metronome-ci-dev-plan");
});

test("64 characters are a name, 65 are not", () => {
  expect(physicalName("dev", "a".repeat(50))).toHaveLength(64);
  const name = `metronome-dev-${"a".repeat(51)}`;
  expect(() => physicalName("dev", "a".repeat(51))).toThrow(
    new RangeError(
      `the name "${name}" has 65 characters, and AWS takes 64: shorten the environment's or the schedule's name`,
    ),
  );
});
