import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clockEffect } from "../../../cli/clock-impact/switching";
import { describeClock } from "../../../config/describe-clock";
import type { StrategyConfig } from "../../../config/schema";
import { strategyOf } from "../../../strategies";
import { clockOutput, clockOutputSchema } from "../../../strategies/clock-output";
import { environment, FUNCTION, FUNCTION_ALIAS, parsed, schedule, TOPIC } from "../../config/examples";
import { synthesizeClock } from "../../synthesis";
import { type Arguments, statements, type Template } from "../../template";

const SCHEDULES = [
  schedule(),
  schedule({ name: "report", targets: [FUNCTION, FUNCTION_ALIAS, TOPIC] }),
  schedule({ name: "sync", targets: [FUNCTION] }),
];

/** The topic, subscriptions and permissions of these schedules as they were deployed with one topic for all. */
const DEPLOYED = JSON.parse(readFileSync(join(__dirname, "fixtures/one-topic.json"), "utf8")) as Record<
  string,
  Arguments
>;

const LAMBDA_CLOCK: StrategyConfig = { kind: "lambda-clock" };
const KEPT: StrategyConfig = { kind: "lambda-clock", sharedTopic: "kept" };
const configOf = (strategy: StrategyConfig) => environment({ strategy, schedules: SCHEDULES });
const entriesOf = (template: Template) => new Map(template.entries());

describe("an upgrade from one topic for all schedules", () => {
  const [kept, after] = [synthesizeClock(configOf(KEPT)), synthesizeClock(configOf(LAMBDA_CLOCK))];

  test("with the topic kept changes nothing of it, its subscriptions and permissions: a plan neither destroys nor replaces them", () => {
    const resources = entriesOf(kept);
    expect(Object.keys(DEPLOYED)).toHaveLength(9);
    for (const [address, values] of Object.entries(DEPLOYED)) {
      expect([address, resources.get(address)]).toEqual([address, values]);
    }
  });

  test("lets invocations that are under way publish to it, and new ones to the schedules' own topics alone", () => {
    const shared = expect.stringMatching(/^\$\{aws_sns_topic\.topic\.arn\}$/);
    const allowed = (of: Template) =>
      statements(of.resource("aws_iam_role_policy", "lambda-clock").policy).find(({ Action }) =>
        Action.includes("sns:Publish"),
      )?.Resource;
    expect(allowed(kept)).toContainEqual(shared);
    expect(allowed(after)).not.toContainEqual(shared);
    const variables = (of: Template) => of.resource("aws_lambda_function", "lambda-clock").environment;
    expect(variables(kept)).toEqual(variables(after));
  });

  test("ends by destroying it alone: the role loses its ARN, and nothing else changes", () => {
    const [before, now] = [entriesOf(kept), entriesOf(after)];
    const gone = [...before.keys()].filter((address) => !now.has(address));
    expect(gone.sort()).toEqual(Object.keys(DEPLOYED).sort());
    const changed = [...now].filter(
      ([address, values]) => JSON.stringify(before.get(address)) !== JSON.stringify(values),
    );
    expect(changed.map(([address]) => address)).toEqual([
      expect.stringMatching(/^aws_iam_role_policy\.lambda-clock_role_/),
    ]);
  });
});

describe("the plan of an upgrade", () => {
  const described = (strategy: StrategyConfig) => describeClock(parsed(configOf(strategy)));
  /** As a state holds it that was written before there was the setting. */
  const asDeployed = () => {
    const output = JSON.parse(clockOutput(described(LAMBDA_CLOCK)));
    delete output.strategy.sharedTopic;
    return clockOutputSchema.parse(output);
  };

  test.each([
    ["keeps the topic", asDeployed(), described(KEPT), "lambda-clock: shared topic used → kept"],
    ["destroys it afterwards", described(KEPT), described(LAMBDA_CLOCK), "lambda-clock: shared topic kept → none"],
    [
      "destroys it at once, with ticks",
      asDeployed(),
      described(LAMBDA_CLOCK),
      'lambda-clock: shared topic used → none (ticks of invocations that are under way are missed: deploy with sharedTopic: "kept" first)',
    ],
  ])("says that it %s", (_what, then, now, change) => {
    expect(clockEffect(then, now).changes).toEqual([change]);
  });

  test("names the old clock of a handover with its topic kept, so that the handover loses no tick either", () => {
    const { literal } = strategyOf(asDeployed().strategy);
    expect(literal(asDeployed().strategy)).toBe('{ kind: "lambda-clock", sharedTopic: "kept" }');
    expect(literal(described(LAMBDA_CLOCK).strategy)).toBe('{ kind: "lambda-clock" }');
  });

  test("says nothing of it for an environment that never had one", () => {
    expect(clockEffect(described(LAMBDA_CLOCK), described(LAMBDA_CLOCK)).changes).toEqual([]);
  });
});
