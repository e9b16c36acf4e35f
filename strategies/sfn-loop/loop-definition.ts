import type { LoopSchedule } from "../../functions/iterator/iterate";
import { SECOND_MS } from "../../schedule/duration";
import { longestRunMs } from "../../schedule/plan";
import { ticksPerRun } from "../../schedule/relative";

/** A state machine in the Amazon States Language, as an object. */
export interface StateMachineDefinition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface LoopDefinitionProps {
  readonly iteratorArn: string;
  readonly schedule: LoopSchedule;
  /**
   * The function of the duplicate check.
   * @default no check
   */
  readonly duplicateCheckArn?: string;
}

/**
 * Errors of a call in which the function certainly did not run, so that the call may be repeated under relative pacing,
 * which keeps no ledger.
 */
const NOT_RUN = ["Lambda.TooManyRequestsException"];

/**
 * After every error, for two and a half minutes on average. The waits are drawn, up to 1, 2, 4, 8 and then 15 s: the loops
 * of all schedules wait for the same seconds, so Iterators that were throttled together would come back together.
 */
const RETRY_ALWAYS = {
  ErrorEquals: ["States.ALL"],
  IntervalSeconds: 1,
  MaxAttempts: 24,
  BackoffRate: 2,
  MaxDelaySeconds: 15,
  JitterStrategy: "FULL",
};

/**
 * The loop of the published design, with its state names and `$.iterator`:
 * ConfigureCount → Iterator → IsCountReached → Wait → Iterator …, Done.
 *
 * Relative pacing is the published loop to the letter. Under clock pacing ConfigureCount leaves the count to the first
 * Iterator call, which plans, and Wait goes to the instant that the Iterator names. There an Iterator that fails is
 * called again after every error: it gives up ticks that have expired and cannot dispatch one twice.
 */
export function loopDefinition({
  iteratorArn,
  schedule,
  duplicateCheckArn,
}: LoopDefinitionProps): StateMachineDefinition {
  const relative = schedule.pacing === "relative";
  const minutes = relative ? 1 : schedule.horizon;
  return {
    Comment: `Invoke the targets of ${schedule.name} every ${schedule.intervalMs / SECOND_MS} seconds`,
    StartAt: duplicateCheckArn ? "CheckRunning" : "ConfigureCount",
    TimeoutSeconds: longestRunMs(minutes) / SECOND_MS,
    States: {
      ...(duplicateCheckArn && duplicateCheck(duplicateCheckArn)),
      ConfigureCount: {
        Type: "Pass",
        Result: { index: 0, count: relative ? ticksPerRun(schedule.intervalMs) : 0 },
        ResultPath: "$.iterator",
        Next: "Iterator",
      },
      Iterator: {
        Type: "Task",
        Resource: iteratorArn,
        Parameters: {
          "iterator.$": "$.iterator",
          "execution.$": "$$.Execution.Id",
          // A run plans only minutes that it lives to serve.
          ...(!relative && { "startedAt.$": "$$.Execution.StartTime" }),
          // As text, because a key of the payload that ends in ".$" would be read as a path here.
          schedule: { ...schedule, payload: JSON.stringify(schedule.payload) },
        },
        ResultPath: "$.iterator",
        Retry: [relative ? { ErrorEquals: NOT_RUN, IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 } : RETRY_ALWAYS],
        Next: "IsCountReached",
      },
      IsCountReached: {
        Type: "Choice",
        Choices: [{ Variable: "$.iterator.continue", BooleanEquals: true, Next: "Wait" }],
        Default: "Done",
      },
      Wait: relative
        ? { Type: "Wait", Seconds: schedule.intervalMs / SECOND_MS, Next: "Iterator" }
        : { Type: "Wait", TimestampPath: "$.iterator.wakeAt", Next: "Iterator" },
      Done: { Type: "Pass", End: true },
    },
  };
}

/** The article's duplicate check: a function that looks for another running execution, and a choice to end at once. */
function duplicateCheck(arn: string): StateMachineDefinition["States"] {
  return {
    CheckRunning: {
      Type: "Task",
      Resource: arn,
      Parameters: {
        "stateMachine.$": "$$.StateMachine.Id",
        "execution.$": "$$.Execution.Id",
        "startedAt.$": "$$.Execution.StartTime",
      },
      ResultPath: "$.check",
      Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 }],
      Next: "IsAlreadyRunning",
    },
    IsAlreadyRunning: {
      Type: "Choice",
      Choices: [{ Variable: "$.check.alreadyRunning", BooleanEquals: true, Next: "Done" }],
      Default: "ConfigureCount",
    },
  };
}

/** The part of a deployed definition that hands the schedule to the Iterator. @throws Error if it has none. */
export function scheduleOfDefinition(definition: string): Pick<Record<string, unknown>, "schedule"> {
  const { States } = JSON.parse(definition) as Partial<StateMachineDefinition>;
  const parameters = States?.Iterator?.Parameters as { readonly schedule?: unknown } | undefined;
  if (!parameters?.schedule) throw new Error("the state machine's definition has no schedule: deploy the environment");
  return { schedule: parameters.schedule };
}
