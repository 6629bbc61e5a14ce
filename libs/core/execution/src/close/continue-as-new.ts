// ContinueAsNewWorkflowExecution: the run closes and the next one of its chain begins (wire-contract 2.2, 2.7). Type, queue
// and time-outs are inherited when they are not given; everything else is as the command says.

import { fromUs, noBytes, type SecondsAndNanos, utf8Length } from '@perdure/kernel';
import {
  type Command,
  ContinueAsNewInitiator,
  EventType,
  TaskQueueKind,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from '@perdure/wire';
import { encodePolicy, policyProblem, settlePolicy } from '../activity/retry-policy.ts';
import type { Draft } from '../draft.ts';
import { judgeAttributes, mergeAttributes } from '../properties/search-attributes.ts';
import { badAttributes } from '../properties/upsert-command.ts';
import { capRunTimeouts } from '../start/run-timeouts.ts';
import type { StartInfo } from '../state.ts';
import {
  type BadCommand,
  type CommandContext,
  givenUs,
  notSet,
  tooLarge,
} from '../workflow-task/command.ts';
import { closeByCommand, unhandled } from './by-command.ts';
import { continueWith } from './successor.ts';

type Attributes = NonNullable<Command['continueAsNewWorkflowExecutionCommandAttributes']>;

type Changed = Pick<
  StartInfo,
  | 'header'
  | 'input'
  | 'memo'
  | 'retryPolicy'
  | 'runTimeoutUs'
  | 'searchAttributes'
  | 'taskQueue'
  | 'taskTimeoutUs'
  | 'workflowType'
>;

const name = 'ContinueAsNewWorkflowExecution';
const cause = WorkflowTaskFailedCause.BadContinueAsNewAttributes;
/** Names of partitions upstream; a queue of this name would be read back as one. */
const reservedPrefix = '/_sys/';

export function continueAsNew(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId, successorRunId: runId } = context;
  if (draft.hasUnseen) return unhandled;
  const attributes = command.continueAsNewWorkflowExecutionCommandAttributes;
  if (attributes === null) return notSet(cause, name);
  const bad = problemOf(draft, attributes) ?? judgeSearchAttributes(context, attributes);
  if (bad !== null) return bad;
  const start = startOf(draft.start, attributes);
  const backoffUs = backoffOf(draft, givenUs(attributes.backoffStartInterval) ?? 0);
  const initiator = attributes.initiator || ContinueAsNewInitiator.Workflow;
  closeByCommand(
    context,
    WorkflowExecutionStatus.ContinuedAsNew,
    EventType.WorkflowExecutionContinuedAsNew,
    {
      workflowExecutionContinuedAsNewEventAttributes: {
        newExecutionRunId: runId,
        workflowTaskCompletedEventId: completedEventId,
        workflowType: { name: start.workflowType },
        taskQueue: { name: start.taskQueue, kind: TaskQueueKind.Normal },
        workflowRunTimeout: fromUs(start.runTimeoutUs),
        workflowTaskTimeout: fromUs(start.taskTimeoutUs),
        ...asGiven(attributes),
      },
    },
  );
  const { failure, header, input, lastCompletionResult } = attributes;
  const retries = initiator === ContinueAsNewInitiator.Retry;
  continueWith(draft, {
    runId,
    initiator,
    attempt: retries ? draft.start.attempt + 1 : 1,
    start,
    first: { input, header, lastCompletionResult, continuedFailure: failure },
    backoffUs,
  });
  return null;
}

/** What of the command stands in the event as it came. */
function asGiven(attributes: Attributes): Partial<Attributes> {
  const { backoffStartInterval, initiator, searchAttributes } = attributes;
  const { failure, header, input, lastCompletionResult, memo } = attributes;
  return {
    backoffStartInterval,
    initiator,
    searchAttributes,
    ...(failure.length > 0 ? { failure } : {}),
    ...(header.length > 0 ? { header } : {}),
    ...(input.length > 0 ? { input } : {}),
    ...(lastCompletionResult.length > 0 ? { lastCompletionResult } : {}),
    ...(memo.length > 0 ? { memo } : {}),
  };
}

/** What of the next run differs from this one. */
function startOf(before: StartInfo, attributes: Attributes): Changed {
  const { header, input, memo, retryPolicy, searchAttributes } = attributes;
  const { runUs, taskUs } = capRunTimeouts({
    executionUs: before.executionTimeoutUs,
    runUs: givenUs(attributes.workflowRunTimeout) || before.runTimeoutUs,
    taskUs: givenUs(attributes.workflowTaskTimeout) || before.taskTimeoutUs,
  });
  const retried = retryPolicy !== null;
  return {
    workflowType: attributes.workflowType?.name || before.workflowType,
    taskQueue: attributes.taskQueue?.name || before.taskQueue,
    runTimeoutUs: runUs,
    taskTimeoutUs: taskUs,
    memo,
    searchAttributes:
      searchAttributes === null
        ? noBytes
        : mergeAttributes(noBytes, searchAttributes.indexedFields),
    retryPolicy: retried ? encodePolicy(settlePolicy(retryPolicy)) : noBytes,
    input: retried ? input : noBytes,
    header: retried ? header : noBytes,
  };
}

/** Runs of a chain do not follow each other faster than this: the time that the last one had counts. */
function backoffOf(draft: Draft, givenBackoffUs: number): number {
  const { continueAsNewIntervalUs } = draft.limits;
  const livedUs = Math.max(draft.nowUs - draft.start.executionTimeUs, 0);
  if (livedUs + givenBackoffUs >= continueAsNewIntervalUs) return givenBackoffUs;
  return continueAsNewIntervalUs - livedUs;
}

function problemOf(draft: Draft, attributes: Attributes): BadCommand | null {
  const { limits } = draft;
  const problem = fieldProblem(limits.nameBytesMax, attributes);
  if (problem !== null) return { cause, detail: problem };
  // The blank is upstream's.
  const field = `${name}CommandAttributes. `;
  const memoLimits = { ...limits, blobBytesMax: limits.memoBytesMax };
  return (
    tooLarge(limits, cause, `${field}Input`, attributes.input) ??
    tooLarge(memoLimits, cause, `${field}Memo`, attributes.memo)
  );
}

/** Gives each search attribute its type, as the event shows it. */
function judgeSearchAttributes(
  { draft, searchAttributes: custom }: CommandContext,
  { searchAttributes }: Attributes,
): BadCommand | null {
  if (searchAttributes === null) return null;
  const judged = judgeAttributes(searchAttributes.indexedFields, custom, draft.limits);
  if (!judged.ok) return badAttributes(judged);
  searchAttributes.indexedFields = judged.fields;
  return null;
}

function fieldProblem(nameBytesMax: number, attributes: Attributes): string | null {
  const type = attributes.workflowType?.name ?? '';
  const queue = attributes.taskQueue?.name ?? '';
  if (utf8Length(type) > nameBytesMax)
    return `WorkflowType on ${name}Command exceeds length limit.`;
  if (utf8Length(queue) > nameBytesMax) return `TaskQueue on ${name}Command exceeds length limit.`;
  if (queue.startsWith(reservedPrefix)) {
    return `TaskQueue on ${name}Command cannot start with reserved prefix ${reservedPrefix}`;
  }
  const { backoffStartInterval, retryPolicy, workflowRunTimeout, workflowTaskTimeout } = attributes;
  const durations = { workflowRunTimeout, workflowTaskTimeout, backoffStartInterval };
  for (const [field, value] of Object.entries<SecondsAndNanos | null>(durations)) {
    if (givenUs(value) !== null) continue;
    const title = field.charAt(0).toUpperCase() + field.slice(1);
    return `Invalid ${title} on ${name}Command: negative duration.`;
  }
  const policy = retryPolicy === null ? null : policyProblem(retryPolicy);
  return policy === null ? null : `invalid WorkflowRetryPolicy on ${name}Command: ${policy}`;
}
