// The three time-outs of a run as started: filled in and capped by each other (wire-contract 3.11).

import { type SecondsAndNanos, toUs, usPerSecond } from '@perdure/kernel';

const defaultTaskTimeoutUs = 10 * usPerSecond;
const taskTimeoutUsMax = 120 * usPerSecond;

export interface RunTimeouts {
  readonly executionUs: number;
  readonly runUs: number;
  readonly taskUs: number;
}

interface GivenTimeouts {
  readonly workflowExecutionTimeout: SecondsAndNanos | null;
  readonly workflowRunTimeout: SecondsAndNanos | null;
  readonly workflowTaskTimeout: SecondsAndNanos | null;
}

export function settleRunTimeouts(given: GivenTimeouts): RunTimeouts {
  return capRunTimeouts({
    executionUs: toUs(given.workflowExecutionTimeout),
    runUs: toUs(given.workflowRunTimeout),
    taskUs: toUs(given.workflowTaskTimeout),
  });
}

/** 0 = none given, and for execution and run then none. The run is capped by the execution, the task by the run. */
export function capRunTimeouts(given: RunTimeouts): RunTimeouts {
  const { executionUs } = given;
  let runUs = given.runUs || executionUs;
  if (executionUs > 0) runUs = Math.min(runUs, executionUs);
  let taskUs = Math.min(given.taskUs || defaultTaskTimeoutUs, taskTimeoutUsMax);
  if (runUs > 0) taskUs = Math.min(taskUs, runUs);
  return { executionUs, runUs, taskUs };
}
