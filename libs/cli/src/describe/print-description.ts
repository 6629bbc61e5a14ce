// The state of a workflow as cards: what it is, what it waits for, how it ended.

import { toUs } from '@perdure/kernel';
import type { FullHistoryEvent, FullResponse } from '@perdure/wire/full';
import { printOutcome } from '../history/outcome.ts';
import { paintOutcome } from '../render/color.ts';
import { enumLabel } from '../render/enum-label.ts';
import type { Output, Row } from '../render/output.ts';
import { failureText, fieldsText, payloadsText, payloadText } from '../render/payload-text.ts';
import { showTime } from '../render/time.ts';

type Description = FullResponse<'DescribeWorkflowExecution'>;
type Time = Parameters<typeof showTime>[0];

export function printDescription(
  output: Output,
  namespace: string,
  description: Description,
  closing: FullHistoryEvent | undefined,
): void {
  const nowMs = Date.now();
  const time = (at: Time): string => showTime(at, output.timeFormat, nowMs);
  output.heading('Execution Info:');
  output.card(infoRows(output, namespace, description, time));
  printMetadata(output, description);
  output.line();
  if (closing !== undefined) {
    const info = description.workflowExecutionInfo;
    printOutcome(output, closing, toUs(info?.closeTime) - toUs(info?.startTime));
    return;
  }
  printPendingTask(output, description, time);
  printPendingActivities(output, description, time);
  printPendingChildren(output, description);
}

function infoRows(
  output: Output,
  namespace: string,
  description: Description,
  time: (at: Time) => string,
): readonly Row[] {
  const info = description.workflowExecutionInfo;
  const extended = description.workflowExtendedInfo;
  const root = info?.rootExecution;
  const isRoot = root?.runId === info?.execution?.runId;
  return [
    ['Status', paintOutcome(enumLabel('WorkflowExecutionStatus', info?.status ?? 0), output.paint)],
    ['WorkflowId', info?.execution?.workflowId ?? ''],
    ['RunId', info?.execution?.runId ?? ''],
    ['Type', info?.type?.name ?? ''],
    ['Namespace', namespace],
    ['TaskQueue', info?.taskQueue ?? ''],
    ['StartTime', time(info?.startTime)],
    ['ExecutionTime', time(info?.executionTime)],
    ['CloseTime', time(info?.closeTime)],
    ['RunExpirationTime', time(extended?.runExpirationTime)],
    ['ExecutionExpirationTime', time(extended?.executionExpirationTime)],
    ['CancelRequested', extended?.cancelRequested === true ? 'true' : ''],
    ['Memo', fieldsText(info?.memo?.fields)],
    ['SearchAttributes', fieldsText(info?.searchAttributes?.indexedFields)],
    ['StateTransitionCount', String(info?.stateTransitionCount ?? 0)],
    ['HistoryLength', String(info?.historyLength ?? 0)],
    ['HistorySize', String(info?.historySizeBytes ?? 0)],
    ['ParentWorkflowId', info?.parentExecution?.workflowId ?? ''],
    ['ParentRunId', info?.parentExecution?.runId ?? ''],
    ['RootWorkflowId', isRoot ? '' : (root?.workflowId ?? '')],
    ['RootRunId', isRoot ? '' : (root?.runId ?? '')],
  ];
}

function printMetadata(output: Output, description: Description): void {
  const { summary, details } = description.executionConfig?.userMetadata ?? {};
  if (!summary && !details) return;
  output.line();
  output.heading('Metadata:');
  output.card([
    ['StaticSummary', summary ? payloadText(summary) : ''],
    ['StaticDetails', details ? payloadText(details) : ''],
  ]);
}

function printPendingTask(
  output: Output,
  description: Description,
  time: (at: Time) => string,
): void {
  const task = description.pendingWorkflowTask;
  if (task === null) return;
  output.heading('Pending Workflow Task:');
  output.card([
    ['State', enumLabel('PendingWorkflowTaskState', task.state)],
    ['Attempt', String(task.attempt)],
    ['ScheduledTime', time(task.scheduledTime)],
    ['StartedTime', time(task.startedTime)],
  ]);
  output.line();
}

function printPendingActivities(
  output: Output,
  description: Description,
  time: (at: Time) => string,
): void {
  output.heading(`Pending Activities: ${description.pendingActivities.length}`);
  for (const activity of description.pendingActivities) {
    const { attempt, maximumAttempts } = activity;
    output.line();
    output.card([
      ['ActivityId', activity.activityId],
      ['Type', activity.activityType?.name ?? ''],
      ['State', enumLabel('PendingActivityState', activity.state)],
      ['Attempt', maximumAttempts === 0 ? String(attempt) : `${attempt} of ${maximumAttempts}`],
      ['ScheduledTime', time(activity.scheduledTime)],
      ['LastStartedTime', time(activity.lastStartedTime)],
      ['LastHeartbeatTime', time(activity.lastHeartbeatTime)],
      ['NextAttemptTime', time(activity.nextAttemptScheduleTime)],
      ['ExpirationTime', time(activity.expirationTime)],
      ['LastFailure', failureText(activity.lastFailure)],
      ['LastHeartbeatDetails', payloadsText(activity.heartbeatDetails)],
      ['LastWorkerIdentity', activity.lastWorkerIdentity],
    ]);
  }
}

function printPendingChildren(output: Output, description: Description): void {
  if (description.pendingChildren.length === 0) return;
  output.line();
  output.heading(`Pending Child Workflows: ${description.pendingChildren.length}`);
  for (const child of description.pendingChildren) {
    output.line();
    output.card([
      ['WorkflowId', child.workflowId],
      ['RunId', child.runId],
      ['Type', child.workflowTypeName],
      ['ParentClosePolicy', enumLabel('ParentClosePolicy', child.parentClosePolicy)],
    ]);
  }
}
