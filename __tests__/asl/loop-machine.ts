import { StateMachine } from "aws-local-stepfunctions";
import { isDuplicate, type RunningExecution } from "../../functions/duplicate-check/decide";
import type { DuplicateCheckEvent } from "../../functions/duplicate-check/index";
import type { IteratorEvent } from "../../functions/iterator/index";
import { type IteratorState, iterate, type LoopSchedule } from "../../functions/iterator/iterate";
import type { TickRunner } from "../../functions/runtime/run-tick";
import type { Json } from "../../schedule/tick";
import { loopDefinition } from "../../strategies/sfn-loop/loop-definition";
import { CHECK_ARN, ITERATOR_ARN } from "../simulation/schedules";
import type { SimulatedRunner } from "../simulation/simulated-runner";

const MACHINE_ARN = "arn:aws:states:eu-central-1:111111111111:stateMachine:metronome-test-beat";

/** aws-local-stepfunctions is made for Node.js 22; on 20 this is all it lacks. */
const promises = Promise as unknown as { withResolvers?: () => unknown };
promises.withResolvers ??= () => {
  const deferred: Record<string, unknown> = {};
  deferred.promise = new Promise((resolve, reject) => Object.assign(deferred, { resolve, reject }));
  return deferred;
};

/** An error of a Lambda function as Step Functions names it. */
export class LambdaError extends Error {
  constructor(override readonly name: string) {
    super(name);
  }
}

/** What one invocation of the Iterator runs with. */
export interface Sandbox {
  readonly runner: TickRunner;
  /** Rejects if the invocation ends before it answers. */
  readonly ended: Promise<never>;
  /** To be called when it has answered. */
  readonly release: () => void;
}

export interface LoopMachineOptions {
  readonly runner: Pick<SimulatedRunner, "clock"> & TickRunner;
  /**
   * The sandbox of each invocation.
   * @default all have the runner, and none ends
   */
  readonly sandbox?: () => Sandbox;
  readonly schedule: LoopSchedule;
  readonly duplicateCheck?: boolean;
  /**
   * How long it takes from a state to a function and back, in ms each way.
   * @default 50
   */
  readonly transitionMs?: () => number;
  /** May throw before the k-th call of the Iterator has done anything (k from 0), or after it has done all but answer. */
  readonly crash?: (k: number, when: "before" | "after") => void;
}

const UNENDING = { ended: new Promise<never>(() => undefined), release: () => undefined };

/** One execution of a machine. */
export interface Execution {
  readonly arn: string;
  readonly startedAt: number;
  readonly result: Promise<unknown>;
  /** Ends it from outside; an invocation that is under way goes on. */
  readonly stop: () => void;
  readonly events: AsyncIterable<{ readonly type: string; readonly state?: { readonly name: string } }>;
}

/** The states that an execution which has ended went through. */
export async function statesOf({ events }: Execution): Promise<string[]> {
  const states: string[] = [];
  for await (const { type, state } of events) {
    if (type === "StateEntered") states.push(state?.name as string);
    if (/^Execution(Succeeded|Failed|Timeout|Aborted)$/.test(type)) break;
  }
  return states;
}

/**
 * The deployed loop's definition, run by an interpreter of the Amazon States Language with the functions' own cores
 * behind its tasks. Waits, retries, time-outs and start times are the interpreter's; it needs virtual time as its
 * global time.
 */
export class LoopMachine {
  readonly executions: Execution[] = [];
  /** All states of `$.iterator` that the Iterator answered. */
  readonly answers: IteratorState[] = [];
  /** Executions that run, by their ARNs. */
  readonly running = new Map<string, RunningExecution>();
  private readonly machine: StateMachine;
  private calls = 0;

  constructor(private readonly options: LoopMachineOptions) {
    const definition = loopDefinition({
      iteratorArn: ITERATOR_ARN,
      schedule: options.schedule,
      duplicateCheckArn: options.duplicateCheck ? CHECK_ARN : undefined,
    });
    // Its own validation takes the state named Iterator for the field of that name of a Map; definition.test.ts lints.
    this.machine = new StateMachine(JSON.parse(JSON.stringify(definition)), {
      validationOptions: { noValidate: true },
    });
  }

  /** Starts an execution, as the rule does. */
  start(): Execution {
    const arn = `${MACHINE_ARN.replace("stateMachine", "execution")}:run-${String(this.executions.length).padStart(6, "0")}`;
    const startedAt = this.options.runner.clock.now();
    this.running.set(arn, { arn, startedAt });
    const run = this.machine.run(
      {},
      {
        context: { Execution: { Id: arn }, StateMachine: { Id: MACHINE_ARN } },
        overrides: {
          taskResourceLocalHandlers: {
            Iterator: (event) => this.invoke(() => this.iterate(event as unknown as IteratorEvent)),
            CheckRunning: (event) => this.invoke(() => this.checkRunning(event as unknown as DuplicateCheckEvent)),
          },
        },
      },
    );
    const result = run.result.finally(() => this.running.delete(arn));
    result.catch(() => undefined);
    const execution = { arn, startedAt, result, stop: run.abort, events: run.eventLogs };
    this.executions.push(execution);
    return execution;
  }

  /** Waits for all executions, and gives the errors of those that failed. */
  async failures(): Promise<unknown[]> {
    const results = await Promise.allSettled(this.executions.map(({ result }) => result));
    return results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  }

  private async invoke(call: () => Promise<object>): Promise<Record<string, never>> {
    const { runner, transitionMs = () => 50 } = this.options;
    await runner.clock.pause(transitionMs());
    try {
      return JSON.parse(JSON.stringify(await call()));
    } finally {
      await runner.clock.pause(transitionMs());
    }
  }

  private async iterate(event: IteratorEvent): Promise<IteratorState> {
    const { crash = () => undefined, sandbox = () => ({ ...UNENDING, runner: this.options.runner }) } = this.options;
    const call = this.calls++;
    crash(call, "before");
    const schedule: LoopSchedule = { ...event.schedule, payload: JSON.parse(event.schedule.payload) as Json };
    const { runner, ended, release } = sandbox();
    const work = iterate(runner, { ...event, schedule, paused: false }, `${event.execution}/call-${call}`);
    const state = await Promise.race([work, ended]).finally(release);
    crash(call, "after");
    this.answers.push(state);
    return state.wakeAt === undefined ? state : { ...state, wakeAt: wholeSecond(state.wakeAt) };
  }

  private async checkRunning({ execution, startedAt }: DuplicateCheckEvent) {
    const self = { arn: execution, startedAt: Date.parse(startedAt) };
    return { alreadyRunning: isDuplicate(self, [...this.running.values()]) };
  }
}

/** A timestamp as Step Functions takes it: it cuts off the fraction of a second. */
function wholeSecond(timestamp: string): string {
  return timestamp.replace(/\.\d+Z$/, "Z");
}
