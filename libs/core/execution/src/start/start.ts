// Starting a run: its first two events (wire-contract 2.4, 3.11).

import { fromUs, noBytes, type RunKey } from '@perdure/kernel';
import {
  EventType,
  priorityCodec,
  type RpcRequest,
  searchAttributesCodec,
  TaskQueueKind,
} from '@perdure/wire';
import { encodePolicy, policyMessage, settlePolicy } from '../activity/retry-policy.ts';
import { Draft, type EventAttributes, linked, type Transition } from '../draft.ts';
import type { DedupKey } from '../encoding.ts';
import { emptyState, initialStart } from '../initial-state.ts';
import type { Moment } from '../limits.ts';
import type { ExecutionState, StartInfo } from '../state.ts';
import { scheduleWorkflowTask } from '../workflow-task/schedule.ts';
import { settleRunTimeouts } from './run-timeouts.ts';

type Request = RpcRequest<'StartWorkflowExecution'>;

export interface StartInput extends Moment {
  readonly run: RunKey;
  readonly request: Request;
  /** The request id, or one made for a client that sent none. */
  readonly requestId: string;
  /** Dedup keys that the workflow id keeps or gains (W8). */
  readonly keys: readonly DedupKey[];
}

export interface StartedRun {
  readonly state: ExecutionState;
  readonly transition: Transition;
}

export function startRun(input: StartInput): StartedRun {
  const { request, run } = input;
  const state = emptyState(run);
  const draft = new Draft(state, input);
  draft.start = startInfo(input, draft.nowUs);
  draft.append(EventType.WorkflowExecutionStarted, {
    workflowExecutionStartedEventAttributes: startedAttributes(request, run, draft.start),
    ...(request.userMetadata.length > 0 ? { userMetadata: request.userMetadata } : {}),
    ...linked(request.links),
  });
  scheduleWorkflowTask(draft);
  return { state, transition: draft.finish({ makesCurrent: true, keys: input.keys }) };
}

function startInfo({ request, requestId, run }: StartInput, nowUs: number): StartInfo {
  const { executionUs, runUs, taskUs } = settleRunTimeouts(request);
  const { memo, priority, retryPolicy, searchAttributes } = request;
  return {
    ...initialStart,
    workflowType: request.workflowType?.name ?? '',
    taskQueue: request.taskQueue?.name ?? '',
    executionTimeoutUs: executionUs,
    runTimeoutUs: runUs,
    taskTimeoutUs: taskUs,
    startTimeUs: nowUs,
    executionTimeUs: nowUs,
    runExpirationUs: runUs > 0 ? nowUs + runUs : 0,
    executionExpirationUs: executionUs > 0 ? nowUs + executionUs : 0,
    createRequestId: requestId,
    firstRunId: run.runId,
    originalRunId: run.runId,
    identity: request.identity,
    memo,
    searchAttributes:
      searchAttributes === null ? noBytes : searchAttributesCodec.encode(searchAttributes),
    userMetadata: request.userMetadata,
    retryPolicy: retryPolicy === null ? noBytes : encodePolicy(settlePolicy(retryPolicy)),
    priority: priority === null ? noBytes : priorityCodec.encode(priority),
  };
}

function startedAttributes(
  request: Request,
  run: RunKey,
  start: StartInfo,
): EventAttributes['workflowExecutionStartedEventAttributes'] {
  const { continuedFailure, header, input, lastCompletionResult, memo } = request;
  const { priority, retryPolicy, searchAttributes } = request;
  const { executionExpirationUs, executionTimeoutUs, runTimeoutUs } = start;
  return {
    workflowType: { name: start.workflowType },
    taskQueue: { name: start.taskQueue, kind: TaskQueueKind.Normal },
    workflowTaskTimeout: fromUs(start.taskTimeoutUs),
    originalExecutionRunId: start.originalRunId,
    firstExecutionRunId: start.firstRunId,
    workflowId: run.workflowId,
    identity: start.identity,
    attempt: start.attempt,
    firstWorkflowTaskBackoff: fromUs(0),
    // SDKs tell their code of a time-out only when there is one.
    ...(executionTimeoutUs > 0 ? { workflowExecutionTimeout: fromUs(executionTimeoutUs) } : {}),
    ...(executionExpirationUs > 0
      ? { workflowExecutionExpirationTime: fromUs(executionExpirationUs) }
      : {}),
    ...(runTimeoutUs > 0 ? { workflowRunTimeout: fromUs(runTimeoutUs) } : {}),
    ...(input.length > 0 ? { input } : {}),
    ...(header.length > 0 ? { header } : {}),
    ...(memo.length > 0 ? { memo } : {}),
    ...(searchAttributes === null ? {} : { searchAttributes }),
    ...(priority === null ? {} : { priority }),
    ...(retryPolicy === null ? {} : { retryPolicy: policyMessage(settlePolicy(retryPolicy)) }),
    ...(lastCompletionResult.length > 0 ? { lastCompletionResult } : {}),
    ...(continuedFailure.length > 0 ? { continuedFailure } : {}),
  };
}
