import type { EnvironmentConfig } from "../../config/schema";
import { ACCOUNT, environment, KEY, REGION, schedule } from "../config/examples";
import { problemsOf } from "../config/problems";
import { synthesize, synthesizeClock } from "../synthesis";
import { list, type Statement, statements, type Template } from "../template";
import { type CiRole, ciAccess, OWN, withCi } from "./ci-roles";
import { wouldAllow } from "./policy-evaluation";
import { everyTarget, STRATEGIES } from "./strategies";

const LOGS = KEY.replace("12345678", "aaaaaaaa");
const FUNCTIONS = KEY.replace("12345678", "bbbbbbbb");
const ENCRYPTION = { logs: LOGS, functions: FUNCTIONS };

/** The values of an argument of all resources of a type. */
const valuesOf = (template: Template, type: string, argument: string) =>
  Object.values(template.resources(type)).map((values) => values[argument]);

describe.each(STRATEGIES)("%s", (_name, strategy) => {
  const own = synthesizeClock(everyTarget(strategy, { encryption: ENCRYPTION, reservedConcurrency: 20 }));
  const plain = synthesizeClock(everyTarget(strategy));

  test("all log groups have the key for logs, or none", () => {
    const keys = valuesOf(own, "aws_cloudwatch_log_group", "kms_key_id");
    expect(keys.length).toBeGreaterThan(1);
    expect(new Set(keys)).toEqual(new Set([LOGS]));
    expect(new Set(valuesOf(plain, "aws_cloudwatch_log_group", "kms_key_id"))).toEqual(new Set([undefined]));
  });

  test("all functions have the key for their variables, and may decrypt with it; or neither", () => {
    const keys = valuesOf(own, "aws_lambda_function", "kms_key_arn");
    expect(keys.length).toBeGreaterThan(1);
    expect(new Set(keys)).toEqual(new Set([FUNCTIONS]));
    const decrypting = (template: Template) =>
      valuesOf(template, "aws_iam_role_policy", "policy")
        .flatMap(statements)
        .filter(({ Action }) => list(Action).includes("kms:Decrypt"));
    const decrypt: Statement = { Effect: "Allow", Action: ["kms:Decrypt"], Resource: [FUNCTIONS] };
    expect(decrypting(own)).toEqual(keys.map(() => decrypt));
    expect(decrypting(plain)).toEqual([]);
    expect(new Set(valuesOf(plain, "aws_lambda_function", "kms_key_arn"))).toEqual(new Set([undefined]));
  });

  test("concurrency is reserved for the function that keeps the time, and for no other", () => {
    const reserved = (template: Template) =>
      Object.values(template.resources("aws_lambda_function"))
        .filter(({ reserved_concurrent_executions }) => reserved_concurrent_executions !== undefined)
        .map(({ function_name, reserved_concurrent_executions }) => [function_name, reserved_concurrent_executions]);
    expect(reserved(own)).toEqual([
      [expect.stringMatching(/^metronome-dev-((express-)?iterator|LambdaClock|pacer)$/), 20],
    ]);
    expect(reserved(plain)).toEqual([]);
  });
});

test("the state's bucket has access logs if there is a bucket for them", () => {
  const logging = (backend: EnvironmentConfig["backend"]) =>
    Object.values(
      (synthesize({ dev: environment({ backend }) })["metronome-state-dev"] as Template).resources(
        "aws_s3_bucket_logging",
      ),
    );
  expect(logging({ bucket: "the-state" })).toEqual([]);
  expect(logging({ bucket: "the-state", accessLogBucket: "the-logs" })).toEqual([
    expect.objectContaining({
      bucket: expect.stringMatching(/^\$\{aws_s3_bucket\.bucket\.id\}$/),
      target_bucket: "the-logs",
      target_prefix: "the-state/",
    }),
  ]);
});

describe("CI's access to the key of the functions' variables", () => {
  const { plan, deploy, boundary } = ciAccess(withCi({ encryption: ENCRYPTION }));
  const through = (service: string) => ({ "kms:ViaService": `${service}.${REGION}.amazonaws.com` });
  const may = (role: CiRole, action: string, context: Record<string, string> = through("lambda")) =>
    wouldAllow(role, { action, resource: FUNCTIONS, context });
  const used = (role: CiRole) =>
    ["kms:Decrypt", "kms:Encrypt", "kms:CreateGrant", "kms:ScheduleKeyDeletion"].filter((action) => may(role, action));

  test("is to read them for a plan, and to set them for a deployment, through Lambda alone", () => {
    expect(used(plan)).toEqual(["kms:Decrypt"]);
    expect(used(deploy)).toEqual(["kms:Decrypt", "kms:Encrypt", "kms:CreateGrant"]);
    for (const role of [plan, deploy]) {
      for (const context of [{}, through("s3"), through("secretsmanager")]) {
        expect([context, may(role, "kms:Decrypt", context)]).toEqual([context, false]);
      }
    }
    expect(wouldAllow(deploy, { action: "kms:Encrypt", resource: LOGS, context: through("lambda") })).toBe(false);
  });

  test("is inside the boundary of the clock's roles, to decrypt alone", () => {
    const everything = [{ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } }];
    const bounded = { principal: OWN.role, policies: everything, boundary };
    expect(wouldAllow(bounded, { action: "kms:Decrypt", resource: FUNCTIONS })).toBe(true);
    expect(wouldAllow(bounded, { action: "kms:Encrypt", resource: FUNCTIONS })).toBe(false);
    expect(wouldAllow(bounded, { action: "kms:Decrypt", resource: LOGS })).toBe(false);
  });

  test("is none without such a key", () => {
    const { plan: reader, deploy: changer } = ciAccess(withCi({ encryption: { logs: LOGS } }));
    expect([...used(reader), ...used(changer)]).toEqual([]);
  });
});

describe("what the configuration cannot say", () => {
  test("a key of another region", () => {
    const foreign = FUNCTIONS.replace(REGION, "us-east-1");
    expect(problemsOf({ dev: environment({ encryption: { functions: foreign } }) })).toEqual([
      `dev.encryption.functions: "${foreign}" is not in this environment's region, ${REGION}, and AWS takes keys of that alone. Name a key there.`,
    ]);
  });

  test("access logs in the bucket that they are of", () => {
    const backend = { bucket: "the-state", accessLogBucket: "the-state" };
    expect(problemsOf({ dev: environment({ backend }) })).toEqual([
      `dev.backend.accessLogBucket: "the-state" is the state's own bucket: each log that is written would be an access to log. Name another bucket.`,
    ]);
  });

  const two = [schedule(), schedule({ name: "report" })];
  test.each<[string, Partial<EnvironmentConfig>, number]>([
    ["a loop of two schedules", { schedules: two, strategy: { kind: "sfn-loop", horizon: 3 } }, 8],
    ["a relative loop", { schedules: two, strategy: { kind: "sfn-loop", pacing: "relative" } }, 4],
    ["lambda-clock, whatever its schedules", { schedules: two, strategy: { kind: "lambda-clock", horizon: 2 } }, 4],
    [
      "a handover, by the clock that needs more",
      { schedules: two, strategy: { kind: "lambda-clock", horizon: 2 }, retiring: { kind: "sfn-loop", horizon: 3 } },
      8,
    ],
  ])("less reserved concurrency than the invocations at one instant of %s", (_what, fields, needed) => {
    const reserving = (reservedConcurrency: number) =>
      problemsOf({ dev: environment({ account: ACCOUNT, reservedConcurrency, ...fields }) });
    expect(reserving(needed)).toEqual([]);
    expect(reserving(needed - 1)).toEqual([
      `dev.reservedConcurrency: ${needed - 1} is below ${needed}, the invocations that a function of this clock may have at one instant, and Lambda refuses the others. Write ${needed} or more, or leave it out.`,
    ]);
  });
});
