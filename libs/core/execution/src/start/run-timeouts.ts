// The three time-outs of a run as started: filled in and capped by each other (wire-contract 3.11).

import { toUs, usPerSecond } from '@perdure/kernel';
import type { RpcRequest } from '@perdure/wire';

const defaultTaskTimeoutUs = 10 * usPerSecond;
const taskTimeoutUsMax = 120 * usPerSecond;

export interface RunTimeouts {
  readonly executionUs: number;
  readonly runUs: number;
  readonly taskUs: number;
}

/** 0 = none. The run is capped by the execution, the task by the run. */
export function settleRunTimeouts(request: RpcRequest<'StartWorkflowExecution'>): RunTimeouts {
  const executionUs = toUs(request.workflowExecutionTimeout);
  let runUs = toUs(request.workflowRunTimeout) || executionUs;
  if (executionUs > 0) runUs = Math.min(runUs, executionUs);
  let taskUs = toUs(request.workflowTaskTimeout) || defaultTaskTimeoutUs;
  taskUs = Math.min(taskUs, taskTimeoutUsMax);
  if (runUs > 0) taskUs = Math.min(taskUs, runUs);
  return { executionUs, runUs, taskUs };
}
