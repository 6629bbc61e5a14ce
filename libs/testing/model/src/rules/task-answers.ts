// J54. A completion of a workflow task that was acknowledged stands in the history, once and for its own task, and so does a
//      failure of one that had no attempt before it; what was refused does not stand there, nor does an answer to a task
//      that was over.
// J55. The commands of a completion stand after it in their order, and nothing else does in its name.
// J56. A completion that was refused for a command leaves the failed task with that cause.

import { attributesOf, enumName, enumValue, eventTypeName } from '@perdure/testing/golden';
import { decodeFailure, type HistoryEvent } from '@perdure/wire';
import type { TaskAnswerSeen } from '../ledger.ts';
import { eventsOf, type Rule } from '../shown.ts';

/** The event that a command leaves, where it is not just the command in the past. */
const leaves: Readonly<Record<string, string>> = {
  SCHEDULE_ACTIVITY_TASK: 'ActivityTaskScheduled',
  REQUEST_CANCEL_ACTIVITY_TASK: 'ActivityTaskCancelRequested',
  START_TIMER: 'TimerStarted',
  CANCEL_TIMER: 'TimerCanceled',
  RECORD_MARKER: 'MarkerRecorded',
  UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: 'UpsertWorkflowSearchAttributes',
  MODIFY_WORKFLOW_PROPERTIES: 'WorkflowPropertiesModified',
  COMPLETE_WORKFLOW_EXECUTION: 'WorkflowExecutionCompleted',
  FAIL_WORKFLOW_EXECUTION: 'WorkflowExecutionFailed',
  CANCEL_WORKFLOW_EXECUTION: 'WorkflowExecutionCanceled',
  CONTINUE_AS_NEW_WORKFLOW_EXECUTION: 'WorkflowExecutionContinuedAsNew',
};

export const taskAnswers: Rule = (ledger, shown) =>
  [...Map.groupBy(ledger.taskAnswers, ({ runId }) => runId)].flatMap(([runId, answers]) => {
    const events = eventsOf(shown, runId);
    const marks = marked(events);
    const named = Map.groupBy(events, completedIdOf);
    return answers
      .flatMap((answer) => [
        ...standFaults(answer, marks.get(answer.mark) ?? []),
        ...commandFaults(answer, marks.get(answer.mark)?.[0], named),
        ...causeFaults(answer, events),
      ])
      .map((fault) => `${fault.slice(0, 4)} ${runId}${fault.slice(4)}`);
  });

/** The ends of workflow tasks by what their workers left there. */
function marked(events: readonly HistoryEvent[]): ReadonlyMap<string, HistoryEvent[]> {
  return Map.groupBy(events, (event) => {
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed !== null) return decodeFailure(failed.failure).message;
    return event.workflowTaskCompletedEventAttributes?.binaryChecksum ?? '';
  });
}

function completedIdOf(event: HistoryEvent): number {
  const id = attributesOf(event)['workflowTaskCompletedEventId'];
  return typeof id === 'number' ? id : 0;
}

function standFaults(answer: TaskAnswerSeen, stand: readonly HistoryEvent[]): string[] {
  const { mark, verdict, how, attempt, startedEventId, stale } = answer;
  if (stand.length > 1) return [`J54: ${mark} stands there ${stand.length} times`];
  const [event] = stand;
  if (event === undefined) {
    const must = verdict === 'taken' && (how === 'completed' || attempt === 1);
    return must ? [`J54: ${how} ${mark} was acknowledged and is not there`] : [];
  }
  const faults: string[] = [];
  if (verdict === 'refused') faults.push(`J54: ${how} ${mark} was refused and is there`);
  if (stale) faults.push(`J54: ${mark} answers to a task that was over, and is there`);
  const { startedEventId: found = 0 } =
    event.workflowTaskCompletedEventAttributes ?? event.workflowTaskFailedEventAttributes ?? {};
  if (found !== startedEventId) {
    faults.push(`J54: ${mark} answers to the task ${startedEventId} and stands at ${found}`);
  }
  return faults;
}

function commandFaults(
  { commands, mark, how }: TaskAnswerSeen,
  event: HistoryEvent | undefined,
  named: ReadonlyMap<number, readonly HistoryEvent[]>,
): string[] {
  if (event === undefined || how === 'failed') return [];
  const stand = (named.get(event.eventId) ?? []).map(({ eventType }) => eventTypeName(eventType));
  const expected = commands.map((command) => leaves[enumName('COMMAND_TYPE', command)] ?? '');
  return stand.join() === expected.join()
    ? []
    : [`J55: the commands of ${mark} are ${expected.join()}, there stand ${stand.join()}`];
}

function causeFaults(answer: TaskAnswerSeen, events: readonly HistoryEvent[]): string[] {
  const { verdict, refusal, attempt, mark, startedEventId } = answer;
  const name = /^INVALID_ARGUMENT: (\w+)/.exec(refusal)?.[1];
  if (verdict !== 'refused' || name === undefined || attempt > 1) return [];
  const failed = events
    .map((event) => event.workflowTaskFailedEventAttributes)
    .find((attributes) => attributes?.startedEventId === startedEventId);
  const member = name.replace(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return failed?.cause === enumValue('WORKFLOW_TASK_FAILED_CAUSE', member)
    ? []
    : [`J56: ${mark} was refused with ${name}, its task failed with cause ${failed?.cause}`];
}
