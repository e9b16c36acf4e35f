import validate from "asl-validator";
import {
  type LoopDefinitionProps,
  loopDefinition,
  type StateMachineDefinition,
} from "../../strategies/sfn-loop/loop-definition";
import { CHECK_ARN, ITERATOR_ARN, loopOf, MINUTE } from "../simulation/schedules";
import { runRule } from "./rule-run";

const AWKWARD_PAYLOAD = { "path.$": "$.nowhere", $$: ["States.Format('{}', 1)", '"', "\n", "ü"] };

const clock = (horizon = 3): LoopDefinitionProps => ({
  iteratorArn: ITERATOR_ARN,
  schedule: loopOf(10, 0, { horizon }),
});
const relative: LoopDefinitionProps = { iteratorArn: ITERATOR_ARN, schedule: loopOf(10, 0, { pacing: "relative" }) };
const checked: LoopDefinitionProps = { ...relative, duplicateCheckArn: CHECK_ARN };
const awkward: LoopDefinitionProps = {
  iteratorArn: ITERATOR_ARN,
  schedule: loopOf(7, 3, { payload: AWKWARD_PAYLOAD }),
};
const all: [string, LoopDefinitionProps][] = [
  ["clock pacing", clock()],
  ["clock pacing with the longest horizon", clock(10)],
  ["clock pacing with a payload that looks like paths", awkward],
  ["relative pacing", relative],
  ["relative pacing with the duplicate check", checked],
];

/** The document as Terraform carries it. */
const parsed = (props: LoopDefinitionProps): StateMachineDefinition =>
  JSON.parse(JSON.stringify(loopDefinition(props)));

/** asl-validator takes a state named Iterator for the field of that name of a Map, so here it has another name. */
function lint(definition: StateMachineDefinition) {
  const renamed = JSON.stringify(definition).replaceAll('"Iterator"', '"IteratorCall"');
  const { isValid, errorsText } = validate(JSON.parse(renamed), { checkPaths: true, checkArn: true });
  return isValid ? "valid" : errorsText();
}

/** All paths of a definition, by the state that uses them. */
function paths(value: unknown, key = ""): string[] {
  if (typeof value === "string") return /(\.\$|Path|^Variable)$/.test(key) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => paths(inner, Array.isArray(value) ? key : name));
}

describe.each(all)("the definition of %s", (_, props) => {
  const definition = parsed(props);

  test("is valid Amazon States Language", () => expect(lint(definition)).toBe("valid"));

  test("leads from its start through every state to Done", () => {
    const reached = new Set<string>();
    const visit = (name: string) => {
      if (reached.has(name)) return;
      reached.add(name);
      const {
        Next,
        Default,
        Choices = [],
      } = definition.States[name] as { Next?: string; Default?: string; Choices?: { Next: string }[] };
      for (const next of [Next, Default, ...Choices.map((choice) => choice.Next)]) if (next) visit(next);
    };
    visit(definition.StartAt);
    expect([...reached].sort()).toEqual(Object.keys(definition.States).sort());
    expect(definition.States.Done).toEqual({ Type: "Pass", End: true });
  });

  test("uses only paths that something before has produced", () => {
    const known = ["$.iterator", "$.iterator.continue", "$.iterator.wakeAt", "$.check", "$.check.alreadyRunning"];
    const context = ["$$.Execution.Id", "$$.Execution.StartTime", "$$.StateMachine.Id"];
    for (const path of paths(definition)) expect([...known, ...context]).toContain(path);
  });

  test("hands the Iterator the schedule, with its payload as text that no path can be read from", () => {
    const { Parameters } = definition.States.Iterator as { Parameters: { schedule: { payload: string } } };
    expect(Parameters.schedule).toEqual({ ...props.schedule, payload: JSON.stringify(props.schedule.payload) });
    expect(JSON.parse(Parameters.schedule.payload)).toEqual(props.schedule.payload);
  });
});

test("the linter would see a broken document", () => {
  const { States, ...rest } = parsed(clock());
  expect(lint({ ...rest, States: { ...States, Wait: { ...States.Wait, Next: "Nowhere" } } })).toMatch(/Nowhere|TARGET/);
  expect(lint({ ...rest, States: { ...States, Wait: { Type: "Wait", Next: "Iterator" } } })).not.toBe("valid");
  expect(lint({ ...rest, States: { ...States, Iterator: { ...States.Iterator, Resource: "iterator" } } })).not.toBe(
    "valid",
  );
});

test("relative pacing is the published loop to the letter", () => {
  const { StartAt, States, Comment } = parsed(relative);
  expect(Comment).toMatch(/every 10 seconds$/);
  expect(StartAt).toBe("ConfigureCount");
  expect(Object.keys(States)).toEqual(["ConfigureCount", "Iterator", "IsCountReached", "Wait", "Done"]);
  const { Parameters, Retry, ...iterator } = States.Iterator as Record<string, unknown>;
  expect({ ...States, Iterator: iterator }).toEqual({
    ConfigureCount: { Type: "Pass", Result: { index: 0, count: 6 }, ResultPath: "$.iterator", Next: "Iterator" },
    Iterator: { Type: "Task", Resource: ITERATOR_ARN, ResultPath: "$.iterator", Next: "IsCountReached" },
    IsCountReached: {
      Type: "Choice",
      Choices: [{ Variable: "$.iterator.continue", BooleanEquals: true, Next: "Wait" }],
      Default: "Done",
    },
    Wait: { Type: "Wait", Seconds: 10, Next: "Iterator" },
    Done: { Type: "Pass", End: true },
  });
});

test("clock pacing differs in what ConfigureCount counts and what Wait waits for, and in what is called again", () => {
  const [byClock, published] = [parsed(clock()).States, parsed(relative).States];
  const differing = Object.keys(published).filter(
    (name) => JSON.stringify(byClock[name]) !== JSON.stringify(published[name]),
  );
  expect(differing).toEqual(["ConfigureCount", "Iterator", "Wait"]);
  expect(byClock.ConfigureCount?.Result).toEqual({ index: 0, count: 0 });
  expect(byClock.Wait).toEqual({ Type: "Wait", TimestampPath: "$.iterator.wakeAt", Next: "Iterator" });
});

test("under clock pacing the Iterator learns when the execution began, and is called again after every error, at a drawn time", () => {
  const { Parameters, Retry } = parsed(clock()).States.Iterator as { Parameters: object; Retry: object[] };
  expect(Parameters).toMatchObject({ "execution.$": "$$.Execution.Id", "startedAt.$": "$$.Execution.StartTime" });
  expect(Retry).toEqual([expect.objectContaining({ ErrorEquals: ["States.ALL"], JitterStrategy: "FULL" })]);
  expect(JSON.stringify(parsed(relative))).not.toContain("startedAt");
});

test("the duplicate check comes first, and leads to Done or to the published loop", () => {
  const { StartAt, States } = parsed(checked);
  expect(StartAt).toBe("CheckRunning");
  expect(Object.keys(States).slice(0, 3)).toEqual(["CheckRunning", "IsAlreadyRunning", "ConfigureCount"]);
  expect(States.CheckRunning).toMatchObject({ Resource: CHECK_ARN, ResultPath: "$.check", Next: "IsAlreadyRunning" });
  expect(States.IsAlreadyRunning).toEqual({
    Type: "Choice",
    Choices: [{ Variable: "$.check.alreadyRunning", BooleanEquals: true, Next: "Done" }],
    Default: "ConfigureCount",
  });
  const { CheckRunning, IsAlreadyRunning, ...loop } = States;
  expect(loop).toEqual(parsed(relative).States);
});

describe("the path Wait waits by", () => {
  test.each([1, 10, 45])(
    "is produced by every Iterator call that goes on, and `continue` by every one (%d s)",
    async (intervalS) => {
      const { machine } = await runRule({ schedule: loopOf(intervalS) }, [MINUTE + 10_300, MINUTE + 70_300]);
      for (const answer of machine.answers) {
        expect(typeof answer.continue).toBe("boolean");
        expect(answer.wakeAt !== undefined).toBe(answer.continue);
      }
    },
  );
});

describe("the time-out", () => {
  test.each([2, 3, 4, 10])("with a horizon of %d leaves a minute beyond the last planned one", (horizon) => {
    expect(parsed(clock(horizon)).TimeoutSeconds).toBe(horizon * 60 + 60);
  });

  test("with the longest horizon of an Express machine is within its 5 minutes", () => {
    expect(parsed(clock(4)).TimeoutSeconds).toBeLessThanOrEqual(300);
    expect(parsed(clock(5)).TimeoutSeconds).toBeGreaterThan(300);
  });

  test("under relative pacing leaves the run its minute and its drift", () => {
    expect(parsed(relative).TimeoutSeconds).toBe(120);
  });
});
