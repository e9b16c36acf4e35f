import { Listr, type ListrTask } from "listr2";
import { visible, visibleLine } from "./visible";

/** One step of a command, while it runs. */
export type Step = Parameters<ListrTask["task"]>[1];

/** A step failed. The list of steps shows this one word; the cause is printed below the list. */
class StepError extends Error {
  override readonly name = "StepError";
}

/**
 * Runs steps and shows them as a list.
 *
 * @throws what a step threw.
 */
export async function runSteps(steps: ListrTask[]): Promise<void> {
  // Listr's own signal handling would end this process before the processes that it has started.
  const display = { registerSignalListeners: false, rendererOptions: { collapseSubtasks: false } };
  try {
    await new Listr(steps.map(withVisibleErrors), display).run();
  } catch (error) {
    throw error instanceof StepError ? error.cause : error;
  }
}

/** The list shows the message of an error of a step. */
function withVisibleErrors(step: ListrTask): ListrTask {
  const task: ListrTask["task"] = async (...args) => {
    try {
      return await step.task(...args);
    } catch (error) {
      if (error instanceof Error) error.message = visible(error.message);
      throw error;
    }
  };
  return { ...step, task };
}

/** Waits for the work of a step whose error is too long for the list. */
export async function stepped<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw new StepError("failed", { cause });
  });
}

/**
 * Prints what a step does now.
 *
 * @param everyMs without a terminal each text is a line of its own, and is printed at most this often. @default 0
 */
export function reporter(step: Step, isTTY: boolean, everyMs = 0): (text: string) => void {
  let printedAt = Number.NEGATIVE_INFINITY;
  return (text) => {
    if (!isTTY && Date.now() < printedAt + everyMs) return;
    printedAt = Date.now();
    step.output = visibleLine(text);
  };
}
