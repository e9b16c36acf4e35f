import { environment, KEY } from "../config/examples";
import { synthesize, synthesizeClock } from "../synthesis";
import { Template } from "../template";
import { CI, ciAccess, withCi } from "./ci-roles";
import { normalised } from "./normalised";
import { everyTarget } from "./strategies";

test.each(["sfn-loop", "lambda-clock"] as const)("%s", (kind) => {
  const monitoring = { metrics: "schedules" } as const;
  expect(normalised(synthesizeClock(everyTarget({ kind }, { monitoring })))).toMatchSnapshot();
});

test("sqs-delay, with the default monitoring", () => {
  expect(normalised(synthesizeClock(everyTarget({ kind: "sqs-delay" })))).toMatchSnapshot();
});

test("the state's bucket", () => {
  const dev = environment({ backend: { bucket: "metronome-state-111111111111", kmsKeyId: KEY } });
  expect(normalised(synthesize({ dev })["metronome-state-dev"] as Template)).toMatchSnapshot();
});

test("CI's access", () => {
  expect(normalised(ciAccess(withCi({ ci: CI })).template)).toMatchSnapshot();
});

describe("what is normalised", () => {
  const of = (json: object) => normalised(new Template(JSON.stringify(json)));

  test("cdktf's notes, versions and hashes", () => {
    expect(
      of({
        "//": { metadata: { version: "0.21.0" } },
        terraform: { required_providers: { aws: { source: "aws", version: "6.25.0" } } },
        data: { archive_file: { a: { source_dir: `assets/bundle_1A2B3C4D/${"0".repeat(32)}` } } },
      }),
    ).toEqual({
      terraform: { required_providers: { aws: { source: "aws", version: "<version>" } } },
      data: { archive_file: { a: { source_dir: "assets/bundle_1A2B3C4D/<hash>" } } },
    });
  });

  test("and nothing else: texts, numbers and what JSON in a text says stay", () => {
    expect(of({ a: ["b", 1, null], policy: '{"Action":["x"]}', name: "{not JSON" })).toEqual({
      a: ["b", 1, null],
      policy: { "<JSON>": { Action: ["x"] } },
      name: "{not JSON",
    });
  });
});
