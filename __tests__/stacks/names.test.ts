import { LONGEST_SCHEDULE_NAME } from "../../config/schedule-schema";
import { LONGEST_ENVIRONMENT_NAME } from "../../config/schema";
import { environment, schedule } from "../config/examples";
import { problemsOf } from "../config/problems";
import { synthesize } from "../synthesis";
import type { Template } from "../template";
import { STRATEGIES } from "./strategies";

const LONGEST_ENVIRONMENT = "e".repeat(LONGEST_ENVIRONMENT_NAME);
const LONGEST_SCHEDULE = "s".repeat(LONGEST_SCHEDULE_NAME);

/** The limits of the services (their API references), by the resource's type and argument. */
const LIMITS: Readonly<Record<string, number>> = {
  "aws_cloudwatch_event_rule.name": 64,
  "aws_cloudwatch_dashboard.dashboard_name": 255,
  "aws_cloudwatch_log_group.name": 512,
  "aws_cloudwatch_metric_alarm.alarm_name": 255,
  "aws_cloudwatch_query_definition.name": 255,
  "aws_dynamodb_table.name": 255,
  "aws_iam_role.name": 64,
  "aws_iam_role_policy.name": 128,
  "aws_lambda_function.function_name": 64,
  "aws_sfn_state_machine.name": 80,
  "aws_sns_topic.name": 256,
  "aws_sqs_queue.name": 80,
};

function namesOf(template: Template): [argument: string, name: string][] {
  return template.entries().flatMap(([address, values]) =>
    ["name", "function_name", "alarm_name", "dashboard_name"].flatMap((key): [string, string][] => {
      const argument = `${address.split(".")[0]}.${key}`;
      const name = values[key];
      return typeof name === "string" && !name.startsWith("${") ? [[argument, name]] : [];
    }),
  );
}

describe.each(STRATEGIES)("%s", (_name, strategy) => {
  const template = synthesize({
    [LONGEST_ENVIRONMENT]: environment({
      strategy,
      schedules: [schedule({ name: LONGEST_SCHEDULE }), schedule({ name: LONGEST_SCHEDULE.replace(/^s/, "t") })],
    }),
  })[`metronome-${LONGEST_ENVIRONMENT}`] as Template;
  const names = namesOf(template);

  test("every name fits its service, also with the longest names of environment and schedule", () => {
    expect(names.length).toBeGreaterThan(5);
    for (const [argument, name] of names) {
      expect([argument, LIMITS[argument]]).toEqual([argument, expect.any(Number)]);
      expect([name, name.length <= (LIMITS[argument] ?? 0)]).toEqual([name, true]);
    }
  });

  test("every name is one thing's in its service, and says whose environment's it is", () => {
    const named = names.filter(([argument]) => argument !== "aws_iam_role_policy.name").map((name) => name.join(" "));
    expect(new Set(named).size).toBe(named.length);
    for (const name of named) expect(name).toContain(`metronome-${LONGEST_ENVIRONMENT}-`);
  });
});

test("a longer name is refused before any stack is made", () => {
  expect(problemsOf({ [`${LONGEST_ENVIRONMENT}e`]: environment() })).toHaveLength(1);
  expect(problemsOf({ dev: environment({ schedules: [schedule({ name: `${LONGEST_SCHEDULE}s` })] }) })).toHaveLength(1);
});
