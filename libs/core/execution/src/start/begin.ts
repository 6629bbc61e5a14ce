// The first transition of a run, whoever begins it: a client, or the run before it in its chain (wire-contract 2.4, 2.7).

import { fromUs, type RunKey } from '@perdure/kernel';
import {
  EventType,
  linkCodec,
  priorityCodec,
  retryPolicyCodec,
  searchAttributesCodec,
  TaskQueueKind,
} from '@perdure/wire';
import { Draft, type EventAttributes, type Transition } from '../draft.ts';
import type { DedupKey } from '../encoding.ts';
import { emptyState } from '../initial-state.ts';
import type { Moment } from '../limits.ts';
import { recordSignal, type SignalContent } from '../signal/record-signal.ts';
import type { ExecutionState, StartInfo } from '../state.ts';
import { scheduleWorkflowTask } from '../workflow-task/schedule.ts';
import { startScheduledTask, type TaskPoll } from '../workflow-task/started.ts';

/** What the first event says and the state does not keep. */
export interface FirstEvent {
  readonly input: Uint8Array;
  readonly header: Uint8Array;
  readonly lastCompletionResult: Uint8Array;
  readonly continuedFailure: Uint8Array;
  /** The run before in the chain, and why this one follows it; null: a client began it. */
  readonly follows: { readonly runId: string; readonly initiator: number } | null;
}

export interface Beginning extends Moment {
  readonly run: RunKey;
  /** The expiration of the execution is of the whole chain; the other times are filled in here. */
  readonly start: StartInfo;
  readonly first: FirstEvent;
  /** The first workflow task is scheduled this long after the start. */
  readonly backoffUs: number;
  /** Dedup keys that the workflow id gains (W8). */
  readonly keys: readonly DedupKey[];
  /** The run has a signal before its first task. */
  readonly signal?: SignalContent | null;
  /** Who began the run takes its first task at once, if that may be scheduled. */
  readonly eager?: TaskPoll | null;
}

export interface StartedRun {
  readonly state: ExecutionState;
  readonly transition: Transition;
}

export function beginRun(beginning: Beginning): StartedRun {
  const { backoffUs, first, run, signal } = beginning;
  const state = emptyState(run);
  const draft = new Draft(state, beginning);
  draft.start = withTimes(beginning.start, backoffUs, draft.nowUs);
  if (backoffUs > 0) draft.progress.firstTaskAtUs = draft.start.executionTimeUs;
  const { links, userMetadata } = draft.start;
  const eager = backoffUs > 0 ? null : (beginning.eager ?? null);
  draft.append(EventType.WorkflowExecutionStarted, {
    workflowExecutionStartedEventAttributes: {
      ...startedAttributes(run, draft.start, first),
      firstWorkflowTaskBackoff: fromUs(backoffUs),
      ...(eager === null ? {} : { eagerExecutionAccepted: true }),
    },
    ...(userMetadata.length > 0 ? { userMetadata } : {}),
    links: links.map((link) => linkCodec.decode(link)),
  });
  if (signal) recordSignal(draft, signal);
  scheduleWorkflowTask(draft);
  if (eager !== null) {
    startScheduledTask(draft, eager);
    draft.withdrawTaskOffer();
  }
  return { state, transition: draft.finish({ makesCurrent: true, keys: beginning.keys }) };
}

/** The run's time-out counts from its first workflow task, the execution's from the start of the chain. */
function withTimes(start: StartInfo, backoffUs: number, nowUs: number): StartInfo {
  const { executionTimeoutUs, runTimeoutUs } = start;
  const executionTimeUs = nowUs + backoffUs;
  const chainEndUs = executionTimeoutUs > 0 ? nowUs + executionTimeoutUs : 0;
  const executionExpirationUs = start.executionExpirationUs || chainEndUs;
  const runEndUs = runTimeoutUs > 0 ? executionTimeUs + runTimeoutUs : 0;
  const ends = [runEndUs, executionExpirationUs].filter((us) => us > 0);
  return {
    ...start,
    startTimeUs: nowUs,
    executionTimeUs,
    runExpirationUs: ends.length > 0 ? Math.min(...ends) : 0,
    executionExpirationUs,
  };
}

type StartedAttributes = NonNullable<EventAttributes['workflowExecutionStartedEventAttributes']>;

function startedAttributes(run: RunKey, start: StartInfo, first: FirstEvent): StartedAttributes {
  const { continuedFailure, follows, header, input, lastCompletionResult } = first;
  const { executionExpirationUs, executionTimeoutUs, runTimeoutUs } = start;
  const { memo, priority, retryPolicy, searchAttributes } = start;
  return {
    workflowType: { name: start.workflowType },
    taskQueue: { name: start.taskQueue, kind: TaskQueueKind.Normal },
    workflowTaskTimeout: fromUs(start.taskTimeoutUs),
    originalExecutionRunId: start.originalRunId,
    firstExecutionRunId: start.firstRunId,
    workflowId: run.workflowId,
    attempt: start.attempt,
    ...(start.identity === '' ? {} : { identity: start.identity }),
    ...(follows === null
      ? {}
      : { continuedExecutionRunId: follows.runId, initiator: follows.initiator }),
    // SDKs tell their code of a time-out only when there is one.
    ...(executionTimeoutUs > 0 ? { workflowExecutionTimeout: fromUs(executionTimeoutUs) } : {}),
    ...(executionExpirationUs > 0
      ? { workflowExecutionExpirationTime: fromUs(executionExpirationUs) }
      : {}),
    ...(runTimeoutUs > 0 ? { workflowRunTimeout: fromUs(runTimeoutUs) } : {}),
    ...(input.length > 0 ? { input } : {}),
    ...(header.length > 0 ? { header } : {}),
    ...(memo.length > 0 ? { memo } : {}),
    ...(searchAttributes.length > 0
      ? { searchAttributes: searchAttributesCodec.decode(searchAttributes) }
      : {}),
    ...(priority.length > 0 ? { priority: priorityCodec.decode(priority) } : {}),
    ...(retryPolicy.length > 0 ? { retryPolicy: retryPolicyCodec.decode(retryPolicy) } : {}),
    ...(lastCompletionResult.length > 0 ? { lastCompletionResult } : {}),
    ...(continuedFailure.length > 0 ? { continuedFailure } : {}),
  };
}
