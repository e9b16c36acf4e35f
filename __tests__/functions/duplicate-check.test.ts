import { type ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import fc from "fast-check";
import { isDuplicate, type RunningExecution } from "../../functions/duplicate-check/decide";
import { handler } from "../../functions/duplicate-check/index";
import { iso } from "../../schedule/tick";
import { MINUTE } from "../simulation/schedules";

const mockLog = jest.fn();
jest.mock("../../functions/runtime/log", () => ({
  createLog:
    () =>
    (...line: unknown[]) =>
      mockLog(...line),
}));

/** Executions that started within a few ms of each other, some of them in the same one. */
const executions = fc
  .uniqueArray(
    fc.record({ arn: fc.string({ minLength: 1 }), startedAt: fc.integer({ min: MINUTE, max: MINUTE + 4 }) }),
    {
      minLength: 1,
      maxLength: 12,
      selector: ({ arn }) => arn,
    },
  )
  .chain((list) => fc.shuffledSubarray(list, { minLength: list.length }));

test("of any set of parallel executions exactly one goes on, in whatever order they are listed", () => {
  fc.assert(
    fc.property(executions, (running) => {
      expect(running.filter((self) => !isDuplicate(self, running))).toHaveLength(1);
    }),
  );
});

test("a run is never stopped by itself, listed or not", () => {
  const self = { arn: "arn:self", startedAt: MINUTE };
  expect(isDuplicate(self, [])).toBe(false);
  expect(isDuplicate(self, [self])).toBe(false);
  expect(isDuplicate(self, [{ ...self, startedAt: MINUTE - 5 }])).toBe(false);
});

test("the first one to start always goes on, also where the list is not yet complete", () => {
  fc.assert(
    fc.property(executions, fc.infiniteStream(fc.boolean()), (running, seen) => {
      const first = [...running].sort(
        (a, b) => a.startedAt - b.startedAt || (a.arn < b.arn ? -1 : 1),
      )[0] as RunningExecution;
      expect(
        isDuplicate(
          first,
          running.filter(() => seen.next().value),
        ),
      ).toBe(false);
    }),
  );
});

test.each([
  ["an earlier one", { arn: "z", startedAt: MINUTE - 1 }, true],
  ["a later one", { arn: "a", startedAt: MINUTE + 1 }, false],
  ["one of the same ms with a lower ARN", { arn: "a", startedAt: MINUTE }, true],
  ["one of the same ms with a higher ARN", { arn: "z", startedAt: MINUTE }, false],
])("beside %s a run stops: %o %s", (_, other, stops) => {
  const self = { arn: "m", startedAt: MINUTE };
  expect(isDuplicate(self, [other, self])).toBe(stops);
  expect(isDuplicate(self, [other])).toBe(stops);
});

test("if the list has another start of the execution than the execution itself, both sides go by the list", () => {
  const self = { arn: "m", startedAt: MINUTE + 3 };
  const listed = [
    { arn: "m", startedAt: MINUTE },
    { arn: "z", startedAt: MINUTE + 1 },
  ];
  expect(isDuplicate(self, listed)).toBe(false);
});

describe("the state's function", () => {
  const region = process.env.AWS_REGION;
  beforeAll(() => {
    process.env.AWS_REGION = "eu-central-1";
  });
  afterAll(() => {
    if (region === undefined) delete process.env.AWS_REGION;
    else process.env.AWS_REGION = region;
    jest.restoreAllMocks();
  });

  test.each([
    ["arn:first", false],
    ["arn:second", true],
    ["arn:third", true],
  ])(
    "asks for the running executions of its own machine, page by page: %s is already running: %s",
    async (execution, alreadyRunning) => {
      const started = { "arn:first": MINUTE, "arn:second": MINUTE + 1, "arn:third": MINUTE + 2 } as Record<
        string,
        number
      >;
      const page = (arn: string) => ({
        executions: [{ executionArn: arn, startDate: new Date(started[arn] as number) }],
      });
      const asked: ListExecutionsCommand["input"][] = [];
      jest.spyOn(SFNClient.prototype, "send").mockImplementation((async ({ input }: ListExecutionsCommand) => {
        asked.push({ ...input });
        return input.nextToken === undefined
          ? { ...page("arn:third"), nextToken: "1" }
          : input.nextToken === "1"
            ? { ...page("arn:second"), nextToken: "2" }
            : page("arn:first");
      }) as unknown as SFNClient["send"]);
      mockLog.mockReset();

      const event = { stateMachine: "arn:machine", execution, startedAt: iso(started[execution] as number) };
      expect(await handler(event)).toEqual({ alreadyRunning });
      expect(
        asked.map(({ stateMachineArn, statusFilter, nextToken }) => [stateMachineArn, statusFilter, nextToken]),
      ).toEqual([
        ["arn:machine", "RUNNING", undefined],
        ["arn:machine", "RUNNING", "1"],
        ["arn:machine", "RUNNING", "2"],
      ]);
      expect(mockLog.mock.calls).toEqual([[{ kind: "run.checked", run: execution, running: 3, alreadyRunning }]]);
    },
  );
});
