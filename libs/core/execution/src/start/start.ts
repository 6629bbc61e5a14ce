// A run begun by a client: StartWorkflowExecution, and the start in SignalWithStartWorkflowExecution (wire-contract 3.11).

import { noBytes, type RunKey, toUs } from '@perdure/kernel';
import { linkCodec, priorityCodec, type RpcRequest } from '@perdure/wire';
import { encodePolicy, settlePolicy } from '../activity/retry-policy.ts';
import type { DedupKey } from '../encoding.ts';
import { initialStart } from '../initial-state.ts';
import type { Moment } from '../limits.ts';
import { mergeAttributes } from '../properties/search-attributes.ts';
import type { SignalContent } from '../signal/record-signal.ts';
import type { StartInfo } from '../state.ts';
import type { TaskPoll } from '../workflow-task/started.ts';
import { beginRun, type FirstEvent, type StartedRun } from './begin.ts';
import { settleRunTimeouts } from './run-timeouts.ts';

type Start = RpcRequest<'StartWorkflowExecution'>;
/** What both requests that start a run say of it. */
export type StartRequest = Pick<
  Start & RpcRequest<'SignalWithStartWorkflowExecution'>,
  | 'header'
  | 'identity'
  | 'input'
  | 'links'
  | 'memo'
  | 'priority'
  | 'retryPolicy'
  | 'searchAttributes'
  | 'taskQueue'
  | 'userMetadata'
  | 'workflowExecutionTimeout'
  | 'workflowRunTimeout'
  | 'workflowStartDelay'
  | 'workflowTaskTimeout'
  | 'workflowType'
> &
  Partial<Pick<Start, 'continuedFailure' | 'lastCompletionResult'>>;

export interface StartInput extends Moment {
  readonly run: RunKey;
  readonly request: StartRequest;
  /** The request id, or one made for a client that sent none. */
  readonly requestId: string;
  /** Dedup keys that the workflow id keeps or gains (W8). */
  readonly keys: readonly DedupKey[];
  readonly signal?: SignalContent;
  /** The client takes the first task itself, unless the start is delayed. */
  readonly eager?: TaskPoll | null;
}

export function startRun(input: StartInput): StartedRun {
  const { eager, keys, limits, nowUs, request, run, signal } = input;
  return beginRun({
    run,
    start: startInfo(input),
    first: firstEvent(request),
    backoffUs: toUs(request.workflowStartDelay),
    keys,
    signal: signal ?? null,
    eager: eager ?? null,
    nowUs,
    limits,
  });
}

function firstEvent({
  continuedFailure,
  header,
  input,
  lastCompletionResult,
}: StartRequest): FirstEvent {
  return {
    input,
    header,
    lastCompletionResult: lastCompletionResult ?? noBytes,
    continuedFailure: continuedFailure ?? noBytes,
    follows: null,
  };
}

function startInfo({ request, requestId, run }: StartInput): StartInfo {
  const { executionUs, runUs, taskUs } = settleRunTimeouts(request);
  const { header, input, links, memo, priority, retryPolicy, searchAttributes } = request;
  return {
    ...initialStart,
    workflowType: request.workflowType?.name ?? '',
    taskQueue: request.taskQueue?.name ?? '',
    executionTimeoutUs: executionUs,
    runTimeoutUs: runUs,
    taskTimeoutUs: taskUs,
    createRequestId: requestId,
    firstRunId: run.runId,
    originalRunId: run.runId,
    identity: request.identity,
    memo,
    searchAttributes:
      searchAttributes === null
        ? noBytes
        : mergeAttributes(noBytes, searchAttributes.indexedFields),
    userMetadata: request.userMetadata,
    priority: priority === null ? noBytes : priorityCodec.encode(priority),
    links: links.map((link) => linkCodec.encode(link)),
    ...(retryPolicy === null
      ? {}
      : { retryPolicy: encodePolicy(settlePolicy(retryPolicy)), input, header }),
  };
}
