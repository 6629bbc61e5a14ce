// J50. What a worker gets with a workflow task is the history up to the task's start, from its beginning or from where the last
//      task ended, without a gap: it stands there in the end, byte for byte.
// J51. A workflow task reaches at most one worker; later ones are started later, and while a worker that said nothing can
//      have one the next is not given out.
// J52. The tasks of a run follow each other: each is scheduled, started, and ended before the next. They time out never before
//      their time, and soon after it unless the server could not.

import {
  type HistoryEvent,
  historyEventCodec,
  TimeoutType,
  WorkflowTaskFailedCause,
} from '@perdure/wire';
import type { Ledger, TaskSeen } from '../ledger.ts';
import { eventsOf, type Rule, type RunShown } from '../shown.ts';
import { eventUs, inUs } from './event-time.ts';
import { isLate } from './lateness.ts';

/** What the workers of a world give themselves to take a task that is meant for them, µs. */
const stickyUs = 5e6;

export const workflowTasks: Rule = (ledger, shown) => {
  const answersByRun = Map.groupBy(ledger.taskAnswers, ({ runId }) => runId);
  const seen = [...Map.groupBy(ledger.tasks, ({ runId }) => runId)].flatMap(([runId, tasks]) => {
    const events = eventsOf(shown, runId);
    const faults = [
      ...tasks.flatMap((task) => shownFaults(task, events)),
      ...holderFaults(tasks, answersByRun.get(runId) ?? [], events, ledger),
    ];
    return faults.map((fault) => `${fault.slice(0, 4)} ${runId}${fault.slice(4)}`);
  });
  return [...seen, ...shown.runs.flatMap((run) => sequenceFaults(run, ledger))];
};

const encoded = new WeakMap<HistoryEvent, Uint8Array>();

function encodedEvent(event: HistoryEvent): Uint8Array {
  const known = encoded.get(event) ?? historyEventCodec.encode(event);
  encoded.set(event, known);
  return known;
}

function shownFaults(task: TaskSeen, events: readonly HistoryEvent[]): string[] {
  const { attempt, startedEventId, previousStartedEventId, worker } = task;
  // The events of a later attempt are written when it is over, or never.
  const came = attempt > 1 ? task.came.slice(0, -2) : task.came;
  if (task.came.length === 0) return [];
  const expected = startedEventId - (attempt > 1 ? 2 : 0);
  const first = expected - came.length + 1;
  const about = `the task ${startedEventId} of ${worker}`;
  if (first !== 1 && first !== previousStartedEventId + 1) {
    return [`J50: ${about} begins with event ${first}, after ${previousStartedEventId}`];
  }
  const strange = came.findIndex((bytes, index) => {
    const event = events[first - 1 + index];
    return event === undefined || !ends(bytes, encodedEvent(event));
  });
  return strange < 0 ? [] : [`J50: ${about} shows an event ${first + strange} that is another now`];
}

/** Whether the slice, which has a head, holds the event. */
function ends(slice: Uint8Array, event: Uint8Array): boolean {
  return Buffer.compare(slice.subarray(slice.length - event.length), event) === 0;
}

function holderFaults(
  tasks: readonly TaskSeen[],
  answers: Ledger['taskAnswers'],
  events: readonly HistoryEvent[],
  { clocksAreSet, outages }: Pick<Ledger, 'clocksAreSet' | 'outages'>,
): string[] {
  // D3: in a cluster a task that may have been lost between two nodes is offered once more; the first completion wins.
  const mayComeTwice = ({ startedUs }: TaskSeen): boolean =>
    outages.some(
      ({ cause, beganUs, endedUs }) =>
        cause === 'cluster' && beganUs <= startedUs && startedUs <= endedUs,
    );
  const inOrder = tasks.toSorted(
    (a, b) => a.startedEventId - b.startedEventId || a.attempt - b.attempt,
  );
  // A server that can keep no more events back takes the task from its worker.
  const forced = new Set(
    events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
      failed?.cause === WorkflowTaskFailedCause.ForceCloseCommand ? failed.startedEventId : [],
    ),
  );
  return inOrder.flatMap((next, index) => {
    const last = inOrder[index - 1];
    if (last === undefined) return [];
    const about = `the task ${next.startedEventId} of attempt ${next.attempt}`;
    if (last.startedEventId === next.startedEventId && last.attempt === next.attempt) {
      return mayComeTwice(next) ? [] : [`J51: ${about} reached ${last.worker} and ${next.worker}`];
    }
    if (next.startedUs < last.startedUs) {
      return [`J51: ${about} was started before the one before it`];
    }
    const answered = answers.some((answer) => answersTo(answer, last));
    // Of a later attempt that leaves no event; what was kept back makes the next a first one.
    const unseen = last.attempt > 1 && next.attempt === 1;
    if (answered || unseen || forced.has(last.startedEventId)) return [];
    if (answered || forced.has(last.startedEventId)) return [];
    // A run's own time stands still after a clock was set back; its tasks time out all the same.
    if (clocksAreSet) return [];
    const timeoutUs = inUs(
      events[0]?.workflowExecutionStartedEventAttributes?.workflowTaskTimeout ?? null,
    );
    return next.startedUs < last.startedUs + timeoutUs
      ? [`J51: ${about} was given out while ${last.worker} had the one before it`]
      : [];
  });
}

/** Whether it may have ended the task. */
function answersTo(answer: Ledger['taskAnswers'][number], task: TaskSeen): boolean {
  const { startedEventId, attempt, verdict, refusal } = answer;
  const same = startedEventId === task.startedEventId && attempt === task.attempt;
  return same && !(verdict === 'refused' && refusal.startsWith('NOT_FOUND'));
}

function sequenceFaults({ workflowId, runId, events }: RunShown, ledger: Ledger): string[] {
  const faults: string[] = [];
  let scheduled: HistoryEvent | null = null;
  let started: HistoryEvent | null = null;
  const fault = (event: HistoryEvent, text: string): unknown =>
    faults.push(`J52: ${workflowId} ${runId}: event ${event.eventId}: ${text}`);
  for (const event of events) {
    if (event.workflowTaskScheduledEventAttributes !== null) {
      if (scheduled !== null) fault(event, 'a task is scheduled while there is one');
      scheduled = event;
    } else if (event.workflowTaskStartedEventAttributes !== null) {
      if (scheduled === null || started !== null) fault(event, 'a task is started twice');
      started = event;
    } else if (event.workflowTaskTimedOutEventAttributes !== null) {
      const { timeoutType } = event.workflowTaskTimedOutEventAttributes;
      const waited = timeoutType === TimeoutType.ScheduleToStart;
      const since = waited ? scheduled : started;
      if (since === null || waited !== (started === null)) fault(event, 'nothing to time out');
      else {
        const lengthUs = waited ? stickyUs : startToCloseUs(scheduled);
        const lateUs = eventUs(event) - eventUs(since) - lengthUs;
        if (lateUs < 0) fault(event, `a task timed out ${-lateUs} µs early`);
        if (isLate(ledger, eventUs(since) + lengthUs, eventUs(event))) {
          fault(event, `a task timed out ${lateUs} µs late`);
        }
      }
      [scheduled, started] = [null, null];
    } else if (endsTask(event)) {
      if (started === null) fault(event, 'a task ends that was not started');
      [scheduled, started] = [null, null];
    }
  }
  return faults;
}

function startToCloseUs(scheduled: HistoryEvent | null): number {
  return inUs(scheduled?.workflowTaskScheduledEventAttributes?.startToCloseTimeout ?? null);
}

function endsTask(event: HistoryEvent): boolean {
  return (
    event.workflowTaskCompletedEventAttributes !== null ||
    event.workflowTaskFailedEventAttributes !== null
  );
}
