// Starting a run: its first two events (wire-contract 2.4, 3.11).

import { fromUs, type RunKey, toUs, usPerSecond } from '@perdure/kernel';
import { EventType, priorityCodec, type RpcRequest, searchAttributesCodec, TaskQueueKind } from '@perdure/wire';
import { Draft, type Transition } from '../draft.ts';
import type { DedupKey } from '../encoding.ts';
import { emptyState, type ExecutionState, initialStart } from '../state.ts';
import { encodePolicy, policyMessage, settlePolicy } from '../activity/retry-policy.ts';
import { scheduleWorkflowTask } from '../workflow-task/schedule.ts';

const defaultTaskTimeoutUs = 10 * usPerSecond;
const taskTimeoutUsMax = 120 * usPerSecond;

export interface StartInput {
  readonly run: RunKey;
  readonly request: RpcRequest<'StartWorkflowExecution'>;
  /** The request id, or one made for a client that sent none. */
  readonly requestId: string;
  /** Dedup keys that the workflow id keeps or gains (W8). */
  readonly keys: readonly DedupKey[];
  readonly nowUs: number;
}

interface RunTimeouts {
  readonly executionUs: number;
  readonly runUs: number;
  readonly taskUs: number;
}

/** 0 = none. The run is capped by the execution, the task by the run. */
export function settleRunTimeouts(request: StartInput['request']): RunTimeouts {
  const executionUs = toUs(request.workflowExecutionTimeout);
  let runUs = toUs(request.workflowRunTimeout) || executionUs;
  if (executionUs > 0) runUs = Math.min(runUs, executionUs);
  let taskUs = toUs(request.workflowTaskTimeout) || defaultTaskTimeoutUs;
  taskUs = Math.min(taskUs, taskTimeoutUsMax);
  if (runUs > 0) taskUs = Math.min(taskUs, runUs);
  return { executionUs, runUs, taskUs };
}

export interface StartedRun {
  readonly state: ExecutionState;
  readonly transition: Transition;
}

export function startRun(input: StartInput): StartedRun {
  const { request, run } = input;
  const state = emptyState(run);
  const draft = new Draft(state, input.nowUs);
  const timeouts = settleRunTimeouts(request);
  const executionExpirationUs =
    timeouts.executionUs > 0 ? draft.nowUs + timeouts.executionUs : 0;
  const policy = request.retryPolicy === null ? null : settlePolicy(request.retryPolicy);
  draft.start = {
    ...initialStart,
    workflowType: request.workflowType?.name ?? '',
    taskQueue: request.taskQueue?.name ?? '',
    executionTimeoutUs: timeouts.executionUs,
    runTimeoutUs: timeouts.runUs,
    taskTimeoutUs: timeouts.taskUs,
    startTimeUs: draft.nowUs,
    executionTimeUs: draft.nowUs,
    runExpirationUs: timeouts.runUs > 0 ? draft.nowUs + timeouts.runUs : 0,
    executionExpirationUs,
    createRequestId: input.requestId,
    firstRunId: run.runId,
    originalRunId: run.runId,
    identity: request.identity,
    memo: request.memo,
    searchAttributes: request.searchAttributes === null ? initialStart.searchAttributes : searchAttributesCodec.encode(request.searchAttributes),
    userMetadata: request.userMetadata,
    retryPolicy: policy === null ? initialStart.retryPolicy : encodePolicy(policy),
    priority: request.priority === null ? initialStart.priority : priorityCodec.encode(request.priority),
    attempt: 1,
  };
  draft.append(EventType.WorkflowExecutionStarted, {
    workflowExecutionStartedEventAttributes: {
      workflowType: { name: draft.start.workflowType },
      taskQueue: { name: draft.start.taskQueue, kind: TaskQueueKind.Normal },
      workflowExecutionTimeout: fromUs(timeouts.executionUs),
      workflowRunTimeout: fromUs(timeouts.runUs),
      workflowTaskTimeout: fromUs(timeouts.taskUs),
      originalExecutionRunId: run.runId,
      firstExecutionRunId: run.runId,
      workflowId: run.workflowId,
      identity: request.identity,
      attempt: 1,
      firstWorkflowTaskBackoff: fromUs(0),
      ...(request.input.length > 0 ? { input: request.input } : {}),
      ...(request.header.length > 0 ? { header: request.header } : {}),
      ...(request.memo.length > 0 ? { memo: request.memo } : {}),
      ...(request.searchAttributes === null ? {} : { searchAttributes: request.searchAttributes }),
      ...(request.priority === null ? {} : { priority: request.priority }),
      ...(policy === null ? {} : { retryPolicy: policyMessage(policy) }),
      ...(executionExpirationUs > 0
        ? { workflowExecutionExpirationTime: fromUs(executionExpirationUs) }
        : {}),
    },
    ...(request.userMetadata.length > 0 ? { userMetadata: request.userMetadata } : {}),
  });
  scheduleWorkflowTask(draft);
  return { state, transition: draft.finish({ makesCurrent: true, keys: input.keys }) };
}
