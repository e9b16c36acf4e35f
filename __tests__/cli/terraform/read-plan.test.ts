import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { maskSecrets } from "../../../cli/terraform/mask-secrets";
import { hasChanges } from "../../../cli/terraform/plan-section";
import { readPlan } from "../../../cli/terraform/read-plan";
import { environment, schedule } from "../../config/examples";
import { STRATEGIES } from "../../stacks/strategies";
import { synthesizeClock } from "../../synthesis";
import { loop } from "../cost/clocks";
import { clock, described, LOOP, written } from "./clocks";
import { create, destroy, planJson, replace, update } from "./plan-json";

const recorded = (fixture: string, file = "plan.json") =>
  readFileSync(join(__dirname, "fixtures", fixture, file), "utf8");

test("a plan of Terraform's: what is created, replaced and destroyed, why, and nothing of the values", () => {
  const reading = readPlan(JSON.parse(recorded("secret")));
  expect(reading.changes.map(({ address, action, reason, forcedBy }) => [address, action, reason, forcedBy])).toEqual([
    ["terraform_data.credentials", "replace", "replace_because_cannot_update", ["triggers_replace"]],
    ["terraform_data.gone[0]", "destroy", "delete_because_count_index", []],
    ["terraform_data.hostile", "create", null, []],
  ]);
  expect(reading.outputs).toEqual(["token"]);
  expect(reading.clock).toEqual({ before: null, after: null, known: true });
  expect(JSON.stringify(reading)).not.toMatch(/cleartext/);
});

test("a plan of Terraform's: what is moved, forgotten and imported, and the clock", () => {
  const reading = readPlan(JSON.parse(recorded("state-only")));
  expect(reading.changes.map(({ address, action }) => [address, action])).toEqual([
    ["terraform_data.changed", "change"],
    ["terraform_data.handed_over", "forget"],
    ["terraform_data.new_name", "move"],
    ["terraform_data.taken_over", "import"],
  ]);
  const at = (interval: "10s" | "5s") =>
    clock({ strategy: loop({ horizon: 3 }), schedules: [described({ interval })] });
  expect(reading.clock).toEqual({ before: at("10s"), after: at("5s"), known: true });
});

test("what stays, and what is only read, is no change", () => {
  const json = planJson({ resources: [{ address: "aws_sqs_queue.a", actions: ["no-op"] }], clock: [clock(), clock()] });
  const reading = readPlan(json);
  expect(reading).toMatchObject({ changes: [], outputs: [] });
  expect(hasChanges(reading)).toBe(false);
  const read = { address: "data.archive_file.zip", mode: "data", type: "archive_file", change: { actions: ["read"] } };
  expect(readPlan({ ...json, resource_changes: [read] }).changes).toEqual([]);
});

test("drift has the names of what differs, and no move is drift", () => {
  const { drift } = readPlan(
    planJson({
      drift: [
        {
          ...update("aws_sqs_queue.a"),
          before: { id: "a", tags: { x: "1" }, url: "u" },
          after: { id: "a", tags: {}, arn: "n", url: "u" },
        },
        { ...update("aws_sqs_queue.same"), before: { id: "a" }, after: { id: "a" } },
        destroy("aws_sqs_queue.b"),
        { address: "aws_sqs_queue.c", actions: ["no-op"] },
      ],
    }),
  );
  expect(drift).toEqual([
    { address: "aws_sqs_queue.a", type: "aws_sqs_queue", attributes: ["arn", "tags"] },
    { address: "aws_sqs_queue.b", type: "aws_sqs_queue", attributes: [] },
  ]);
});

test("paths are written as Terraform writes them", () => {
  const one = {
    ...replace("aws_dynamodb_table.a", "x"),
    replacePaths: [
      ["attribute", 0, "name"],
      ["tags", "a b"],
    ],
  };
  expect(readPlan(planJson({ resources: [one] })).changes[0]?.forcedBy).toEqual(["attribute[0].name", 'tags["a b"]']);
});

test("a leftover of a failed replacement is not the resource", () => {
  const json = planJson({ resources: [destroy("aws_sqs_queue.a")] }) as { resource_changes: object[] };
  json.resource_changes = json.resource_changes.map((one) => ({ ...one, deposed: "8ab3d5f1" }));
  expect(readPlan(json).changes[0]?.deposed).toBe(true);
});

describe("a clock's description", () => {
  const withClock = (output: object) => readPlan({ ...planJson({}), output_changes: { clock: output } }).clock;

  test("that is unknown until the apply, in whole or in part, is not trusted", () => {
    const unknown = { actions: ["update"], before: written(clock()), after: null, after_unknown: true };
    expect(withClock(unknown)).toEqual({ before: clock(), after: null, known: false });
    expect(withClock({ ...unknown, after_unknown: { schedules: [{ interval: true }] } }).known).toBe(false);
  });

  test("of another shape is not trusted, one with more fields is read", () => {
    const output = { actions: ["update"], before: { kind: "older" }, after: written(clock()), after_unknown: false };
    expect(withClock(output)).toEqual({ before: null, after: clock(), known: false });
    const newer = { ...(written(clock()) as object), strategy: { ...LOOP, later: 1 }, secret: "cleartext" };
    expect(withClock({ ...output, before: newer })).toEqual({ before: clock(), after: clock(), known: true });
  });

  test("is text, or the value itself", () => {
    const output = {
      actions: ["update"],
      before: JSON.stringify(written(clock())),
      after: written(clock()),
      after_unknown: false,
    };
    expect(withClock(output)).toEqual({ before: clock(), after: clock(), known: true });
    expect(withClock({ ...output, before: "no JSON" })).toEqual({ before: null, after: clock(), known: false });
  });

  test.each(STRATEGIES)("is read as %s's stack writes it", (_name, strategy) => {
    const fields = environment({ strategy, schedules: [schedule({ enabled: false, note: "migration" })] });
    const { output } = synthesizeClock(fields).json as unknown as { output: { clock: { value: string } } };
    const { value } = output.clock;
    const read = withClock({ actions: ["create"], before: null, after: value, after_unknown: false });
    expect(written(read.after)).toEqual(JSON.parse(value));
    expect(read).toMatchObject({ before: null, known: true });
    expect(read.after?.schedules[0]?.paused).toBe("migration");
  });

  test("that comes or goes is missing on one side", () => {
    expect(
      withClock({ actions: ["create"], before: null, after: written(clock()), after_unknown: false }).before,
    ).toBeNull();
    expect(withClock({ actions: ["delete"], before: written(clock()), after: null, after_unknown: false })).toEqual({
      before: clock(),
      after: null,
      known: true,
    });
  });
});

test("what is no plan is refused, with the reason", () => {
  expect(() => readPlan({ format_version: "2.0" })).toThrow(/format this version reads, which is 1\.x/);
  expect(() => readPlan("plan")).toThrow(/this is no plan.*Give it a plan/s);
  expect(() => readPlan({ ...planJson({ resources: [create("a.b")] }), errored: true })).toThrow(/plan again/);
});

describe("Terraform's text", () => {
  test("is rid of what its JSON calls sensitive, also what Terraform lets through", () => {
    const text = recorded("secret", "plan.txt");
    const masked = maskSecrets(JSON.parse(recorded("secret")), text);
    expect(masked).toBe(text.replaceAll("cleartext-token-1", "(sensitive value)"));
    expect(masked).not.toBe(text);
  });

  test("is rid of any secret of six characters or more, also quoted, in lines, and inside of another", () => {
    const secret = fc.string({ minLength: 6, maxLength: 40, unit: "binary" }).filter((one) => one.trim() === one);
    fc.assert(
      fc.property(secret, (value) => {
        const json = {
          ...planJson({}),
          output_changes: {
            a: { actions: ["create"], before: null, after: { b: [value] }, after_sensitive: { b: [true] } },
            c: { actions: ["create"], before: null, after: `${value}-longer`, after_sensitive: true },
          },
        };
        const text = `plain ${value} quoted ${JSON.stringify(value)} longer ${value}-longer.`;
        const masked = maskSecrets(json, text);
        expect(masked).toBe('plain (sensitive value) quoted "(sensitive value)" longer (sensitive value).');
      }),
    );
    const template = {
      ...planJson({}),
      output_changes: { a: { actions: [], after: "secret%{y}", after_sensitive: true } },
    };
    expect(maskSecrets(template, '+ a = "secret%%{y}"')).toBe('+ a = "(sensitive value)"');
    const lines = {
      ...planJson({}),
      output_changes: { a: { actions: [], before: "first line\n  second line", before_sensitive: true } },
    };
    expect(maskSecrets(lines, "<<-EOT\n    first line\n      second line\n")).not.toMatch(/line\n/);
  });

  test("stays as it is if nothing is sensitive", () => {
    const text = recorded("state-only", "plan.txt");
    expect(maskSecrets(JSON.parse(recorded("state-only")), text)).toBe(text);
  });
});
