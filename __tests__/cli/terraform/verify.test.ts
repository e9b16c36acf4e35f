import fc from "fast-check";
import { codeFingerprints } from "../../../cli/terraform/code-fingerprints";
import { base64Sha256, canonicalJson, fingerprint, fingerprints, sha256 } from "../../../cli/terraform/fingerprint";
import { type Manifest, parseManifest } from "../../../cli/terraform/manifest";
import {
  RefusedBundle,
  type Source,
  verifyContent,
  verifyEnvironment,
  verifyParts,
  verifyPlannedConfiguration,
  verifySamePlan,
  verifySource,
  verifyState,
  verifyZips,
} from "../../../cli/terraform/verify";

const FILES: Readonly<Record<string, string>> = {
  "plan.tfplan": "the plan",
  "cdk.tf.json": "{}",
  ".terraform.lock.hcl": "the lock",
  "iterator.zip": "the iterator",
  "sample-target.zip": "the sample target",
  "assets/iterator/index.js": "code",
};
const CONFIG = { account: "222222222222", schedules: [{ name: "heartbeat", interval: "10s" }] };
const CODE = { "aws_sqs_queue.failures": sha256("queue"), "assets/iterator/index.js": sha256("code") };
const SOURCE: Source = {
  config: { sha256: fingerprint(CONFIG), fields: fingerprints(CONFIG) },
  code: { sha256: fingerprint(CODE), parts: CODE },
  commit: { sha: "0123456789abcdef0123456789abcdef01234567", dirty: false },
};
const MANIFEST: Manifest = {
  format: 1,
  environment: "prod",
  stack: "metronome-prod",
  createdAt: "2026-11-22T22:58:03.123Z",
  changes: true,
  ...SOURCE,
  tools: { terraform: "1.11.4", platform: "linux_amd64", node: "v22.1.0", cdktf: "0.21.0", providers: {} },
  backend: { bucket: "metronome-state-222222222222", key: "metronome-prod/terraform.tfstate", region: "eu-central-1" },
  state: { serial: 12, lineage: "a" },
  parts: Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, sha256(text)])),
};
const PLAN_JSON = {
  planned_values: {
    root_module: {
      resources: ["iterator", "sample-target"].map((name) => ({
        address: `aws_lambda_function.${name}`,
        type: "aws_lambda_function",
        values: { filename: `${name}.zip`, source_code_hash: base64Sha256(Buffer.from(FILES[`${name}.zip`] ?? "")) },
      })),
    },
  },
};

/** Reads the files, with some of them other than they were; `undefined` for one that is missing. */
function reader(changed: Readonly<Record<string, string | undefined>> = {}) {
  return (path: string) => {
    const text = path in changed ? changed[path] : FILES[path];
    return text === undefined ? undefined : Buffer.from(text);
  };
}

describe("the parts of a bundle", () => {
  test("are accepted as they were planned", () => {
    expect(() => verifyParts(MANIFEST, reader())).not.toThrow();
    expect(() => verifyZips(PLAN_JSON, reader())).not.toThrow();
  });

  test.each(Object.keys(FILES))("%s altered or missing is refused by name", (name) => {
    expect(() => verifyParts(MANIFEST, reader({ [name]: "other" }))).toThrow(`${name} was altered`);
    expect(() => verifyParts(MANIFEST, reader({ [name]: undefined }))).toThrow(`${name} is missing`);
  });

  test("all that is wrong is told at once", () => {
    const read = reader({ "iterator.zip": "other", "plan.tfplan": undefined });
    expect(() => verifyParts(MANIFEST, read)).toThrow(RefusedBundle);
    expect(() => verifyParts(MANIFEST, read)).toThrow(/plan\.tfplan is missing.*iterator\.zip was altered/);
  });

  test.each(["iterator.zip", "sample-target.zip"])(
    "%s that is not the plan's code is refused, whatever the manifest says",
    (name) => {
      const read = reader({ [name]: "other" });
      const forged = { ...MANIFEST, parts: { ...MANIFEST.parts, [name]: sha256("other") } };
      expect(() => verifyParts(forged, read)).not.toThrow();
      expect(() => verifyZips(PLAN_JSON, read)).toThrow(`${name} (aws_lambda_function.`);
      expect(() => verifyZips(PLAN_JSON, reader({ [name]: undefined }))).toThrow(`is missing`);
    },
  );

  test("of another environment are refused", () => {
    expect(() => verifyEnvironment(MANIFEST, { name: "prod", stack: "metronome-prod" })).not.toThrow();
    expect(() => verifyEnvironment(MANIFEST, { name: "dev", stack: "metronome-dev" })).toThrow(
      'a plan of "prod" (metronome-prod), not of "dev"',
    );
  });
});

describe("what moved on since the plan", () => {
  test("nothing", () => {
    expect(() => verifySource(MANIFEST, SOURCE)).not.toThrow();
    expect(() => verifyState(MANIFEST, MANIFEST.state)).not.toThrow();
    expect(() => verifyState({ ...MANIFEST, state: null }, null)).not.toThrow();
  });

  test("another commit alone is no reason to refuse", () => {
    expect(() => verifySource(MANIFEST, { ...SOURCE, commit: null })).not.toThrow();
  });

  test("the configuration: its fields are named, and the commits", () => {
    const changed = { ...CONFIG, schedules: [{ name: "heartbeat", interval: "20s" }] };
    const now = {
      ...SOURCE,
      config: { sha256: fingerprint(changed), fields: fingerprints(changed) },
      commit: { sha: "fedcba9876543210fedcba9876543210fedcba98", dirty: true },
    };
    expect(() => verifySource(MANIFEST, now)).toThrow(
      'The configuration of "prod" moved on since this plan: schedules (planned at 0123456789ab, this checkout is at fedcba987654 with uncommitted changes).',
    );
  });

  test("the code: its resources and assets are named", () => {
    const parts = { ...CODE, "assets/iterator/index.js": sha256("new code"), "aws_sns_topic.ticks": sha256("topic") };
    const now = { ...SOURCE, code: { sha256: fingerprint(parts), parts } };
    expect(() => verifySource(MANIFEST, now)).toThrow(
      "The code of metronome-prod moved on since this plan: assets/iterator/index.js, aws_sns_topic.ticks (",
    );
  });

  test("what the bundle itself holds, whatever its manifest says", () => {
    const locks = { bundled: "lock", committed: undefined };
    expect(() => verifyContent(MANIFEST, SOURCE.code, locks)).not.toThrow();
    const parts = { ...CODE, "aws_sqs_queue.failures": sha256("evil") };
    expect(() => verifyContent(MANIFEST, { sha256: fingerprint(parts), parts }, locks)).toThrow(
      "This is not what was planned: aws_sqs_queue.failures is not what the manifest tells of.",
    );
    expect(() => verifyContent(MANIFEST, SOURCE.code, { ...locks, committed: "lock" })).not.toThrow();
    expect(() => verifyContent(MANIFEST, SOURCE.code, { ...locks, committed: "other" })).toThrow(
      "The providers of metronome-prod moved on since this plan",
    );
  });

  test("a plan of another configuration than the bundle's, or of more", () => {
    const planned = new Map([
      ["tfconfig/modules.json", "[]"],
      ["tfconfig/m-/cdk.tf.json", "{}"],
    ]);
    expect(() => verifyPlannedConfiguration(planned, "{}")).not.toThrow();
    expect(() => verifyPlannedConfiguration(planned, "{ }")).toThrow(
      "made from another configuration than the bundle's.",
    );
    expect(() => verifyPlannedConfiguration(new Map(), "{}")).toThrow("another configuration");
    const more = new Map([...planned, ["tfconfig/m-/evil.tf", ""]]);
    expect(() => verifyPlannedConfiguration(more, "{}")).toThrow("than the bundle's (tfconfig/m-/evil.tf).");
  });

  test("a plan that this checkout would not make", () => {
    expect(() => verifySamePlan(MANIFEST, [])).not.toThrow();
    expect(() => verifySamePlan(MANIFEST, ["aws_sns_topic.a", "output.clock"])).toThrow(
      'The plan in this bundle is not the one that this checkout makes of "prod" now: aws_sns_topic.a, output.clock.',
    );
  });

  test("what was synthesized elsewhere: by what it came to alone", () => {
    const elsewhere = { ...MANIFEST, config: null };
    const otherConfig = { ...SOURCE, config: { sha256: fingerprint({}), fields: {} } };
    expect(() => verifySource(elsewhere, otherConfig)).not.toThrow();
    const parts = { ...CODE, "aws_sqs_queue.failures": sha256("another queue") };
    expect(() => verifySource(elsewhere, { ...SOURCE, code: { sha256: fingerprint(parts), parts } })).toThrow(
      "The configuration or the code of metronome-prod moved on since this plan: aws_sqs_queue.failures (",
    );
  });

  test.each([
    [{ serial: 14, lineage: "a" }, "planned at serial 12, the state is at 14"],
    [{ serial: 12, lineage: "b" }, "it is another state (its lineage differs)"],
    [null, "planned at serial 12, there is no state now"],
  ])("the state, now %p", (state, message) => {
    expect(() => verifyState(MANIFEST, state)).toThrow(message);
  });

  test("the state, planned when there was none: a first bundle that has been applied", () => {
    expect(() => verifyState({ ...MANIFEST, state: null }, { serial: 2, lineage: "a" })).toThrow(
      "planned when there was no state, the state is at 2",
    );
  });
});

describe("fingerprints", () => {
  test("do not depend on the order of keys, and do on every value", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(object));
        expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
    expect(fingerprint({ a: [1, 2] })).not.toBe(fingerprint({ a: [2, 1] }));
  });

  test("of code leave cdktf's metadata out, and tell blocks apart", () => {
    const synthesized = (queue: object, version: string) => ({
      "//": { metadata: { version } },
      resource: { aws_sqs_queue: { failures: { "//": { metadata: { path: version } }, ...queue } } },
      data: { archive_file: { iterator: { type: "zip" } } },
      terraform: { backend: { s3: { bucket: "b" } } },
    });
    const before = codeFingerprints(synthesized({ name: "a" }, "0.21.0"), { "assets/x": "1" });
    expect(codeFingerprints(synthesized({ name: "a" }, "0.22.0"), { "assets/x": "1" })).toEqual(before);
    expect(Object.keys(before)).toEqual([
      "assets/x",
      "aws_sqs_queue.failures",
      "data.archive_file.iterator",
      "terraform.backend",
    ]);
    const after = codeFingerprints(synthesized({ name: "b" }, "0.21.0"), { "assets/x": "1" });
    expect(after["aws_sqs_queue.failures"]).not.toBe(before["aws_sqs_queue.failures"]);
    expect(after["terraform.backend"]).toBe(before["terraform.backend"]);
  });
});

describe("a manifest", () => {
  test("is read as it was written", () => {
    expect(parseManifest(JSON.stringify(MANIFEST), "b")).toEqual(MANIFEST);
  });

  test.each([
    ["no JSON", "{"],
    ["another format", JSON.stringify({ ...MANIFEST, format: 2 })],
    ["a field that is missing", JSON.stringify({ ...MANIFEST, state: undefined })],
    ["a field that it has not", JSON.stringify({ ...MANIFEST, extra: 1 })],
    ["a hash that is none", JSON.stringify({ ...MANIFEST, parts: { ...MANIFEST.parts, "plan.tfplan": "1" } })],
    ["no plan", JSON.stringify({ ...MANIFEST, parts: { "cdk.tf.json": sha256("{}") } })],
    ["a part outside the bundle", JSON.stringify({ ...MANIFEST, parts: { ...MANIFEST.parts, "../x": sha256("") } })],
    ["an absolute part", JSON.stringify({ ...MANIFEST, parts: { ...MANIFEST.parts, "/etc/passwd": sha256("") } })],
  ])("with %s is refused", (_, text) => {
    expect(() => parseManifest(text, "somewhere/bundle")).toThrow(/^somewhere\/bundle is no bundle.*Plan again\.$/s);
  });
});
