import type { EnvironmentConfig, StrategyConfig } from "../../config/schema";
import { environment, FUNCTION, schedule } from "../config/examples";
import { synthesizeClock } from "../synthesis";
import { statements } from "../template";
import { everyTarget, STRATEGIES } from "./strategies";

describe.each(STRATEGIES)("%s", (_name, strategy) => {
  const synthesizeWith = (fields: Partial<EnvironmentConfig> = {}) => synthesizeClock(everyTarget(strategy, fields));
  const functionsOf = (fields?: Partial<EnvironmentConfig>) =>
    Object.values(synthesizeWith(fields).resources("aws_lambda_function"));

  test("functions run on Node.js 24 unless the environment says otherwise", () => {
    expect(new Set(functionsOf().map(({ runtime }) => runtime))).toEqual(new Set(["nodejs24.x"]));
    const older = functionsOf({ runtime: "nodejs22.x" });
    expect(new Set(older.map(({ runtime }) => runtime))).toEqual(new Set(["nodejs22.x"]));
  });

  test("every log has a retention: 30 days unless the environment says otherwise", () => {
    const retention = (fields?: Partial<EnvironmentConfig>) =>
      new Set(
        Object.values(synthesizeWith(fields).resources("aws_cloudwatch_log_group")).map((g) => g.retention_in_days),
      );
    expect(retention()).toEqual(new Set([30]));
    expect(retention({ logRetentionDays: 365 })).toEqual(new Set([365]));
  });

  test("every function has a log group and a role of its own", () => {
    const functions = functionsOf();
    const own = (of: (fn: (typeof functions)[number]) => unknown) => new Set(functions.map(of)).size;
    expect(own(({ role }) => role)).toBe(functions.length);
    expect(own(({ logging_config }) => (logging_config as { log_group: string }).log_group)).toBe(functions.length);
  });

  test("functions are traced where that is free, or as the environment says", () => {
    const modes = (fields?: Partial<EnvironmentConfig>) =>
      new Set(functionsOf(fields).map(({ tracing_config }) => (tracing_config as { mode: string }).mode));
    expect(modes()).toEqual(new Set(["Active"]));
    expect(modes({ tracing: false })).toEqual(new Set(["PassThrough"]));
    const [first] = everyTarget(strategy).schedules;
    const costly = [1, 2, 3].map((k) => schedule({ ...first, name: `heartbeat-${k}` }));
    expect(modes({ schedules: costly })).toEqual(new Set(["PassThrough"]));
  });

  test("a function invoked asynchronously has its failure destination; the Iterator, the check and the pacer are not", () => {
    const template = synthesizeWith();
    const configured = Object.values(template.resources("aws_lambda_function_event_invoke_config"));
    const synchronous = /^((express-)?(iterator|duplicate-check)|pacer)_/;
    const asynchronous = Object.keys(template.resources("aws_lambda_function")).filter(
      (name) => !synchronous.test(name),
    );
    expect(configured.map(({ function_name }) => function_name).sort()).toEqual(
      asynchronous.map((name) => `\${aws_lambda_function.${name}.function_name}`).sort(),
    );
    for (const config of configured) {
      expect(config).toEqual(expect.objectContaining({ maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 }));
    }
  });

  test("the sample function is there where a schedule names no target, and only there", () => {
    const samples = (schedules: EnvironmentConfig["schedules"]) =>
      synthesizeWith({ schedules })
        .addresses()
        .filter((address) => address.includes("sample-target"));
    expect(samples([schedule({ targets: [FUNCTION] }), schedule({ name: "other" })])).not.toEqual([]);
    expect(samples([schedule({ targets: [FUNCTION] })])).toEqual([]);
  });

  test("the failure queue takes messages of this environment's rules and topics", () => {
    const [tls, rules, topics, ...others] = statements(synthesizeWith().resource("aws_sqs_queue", "failures").policy);
    expect(others).toEqual([]);
    expect(tls).toMatchObject({ Sid: "TlsOnly", Effect: "Deny" });
    expect(rules?.Condition).toEqual({
      ArnLike: { "aws:SourceArn": "arn:aws:events:eu-central-1:111111111111:rule/metronome-dev-*" },
    });
    expect(topics?.Condition).toEqual({
      ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-central-1:111111111111:metronome-dev-*" },
    });
  });

  test("tags stand in the provider's default tags and nowhere else", () => {
    const template = synthesizeWith({ tags: { CostCenter: "4711" } });
    expect(template.text.match(/"CostCenter"/g)).toHaveLength(1);
    expect(template.json.provider?.aws?.[0]?.default_tags).toEqual([
      { tags: { CostCenter: "4711", Environment: "dev", Project: "metronome" } },
    ]);
    for (const [address, values] of template.entries()) expect([address, values]).not.toHaveProperty("1.tags");
  });

  test("its state has a backend, and its providers are aws and archive alone", () => {
    const { terraform, provider } = synthesizeWith().json;
    expect(terraform.backend).toEqual({ s3: expect.objectContaining({ key: "metronome-dev/terraform.tfstate" }) });
    expect(Object.keys(provider ?? {}).sort()).toEqual(["archive", "aws"]);
    expect(Object.keys(terraform.required_providers as object).sort()).toEqual(["archive", "aws"]);
  });
});

test.each<[string, StrategyConfig]>([
  ["arn:aws-cn", { kind: "sfn-loop", pacing: "relative" }],
  ["arn:aws-cn", { kind: "lambda-clock" }],
])("in China every ARN that is written out is %s's", (partition, strategy) => {
  const { text } = synthesizeClock(environment({ region: "cn-north-1", strategy }));
  const partitions = new Set([...text.matchAll(/\barn:aws[a-z-]*/g)].map(([arn]) => arn));
  expect(partitions).toEqual(new Set([partition]));
});
