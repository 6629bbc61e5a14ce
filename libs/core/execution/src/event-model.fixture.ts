// What a history says, read by somebody who knows the API and none of our decisions: the property tests compare it with
// the state. It also says what is wrong with the history itself, whatever the state holds.

import { noBytes } from '@perdure/kernel';
import {
  decodeFailure,
  EventType as E,
  type HistoryEvent,
  memoCodec,
  readTextPayload,
  TimeoutType as T,
} from '@perdure/wire';

type Time = HistoryEvent['eventTime'];

export const timeOf = (time: Time): number =>
  time === null ? Number.NaN : time.seconds * 1_000_000 + time.nanos / 1_000;

interface ModelActivity {
  readonly activityId: string;
  readonly scheduledUs: number;
  readonly scheduleToCloseUs: number;
  readonly scheduleToStartUs: number;
  readonly startToCloseUs: number;
  startedUs: number;
}

const closings: Readonly<Record<number, number>> = {
  [E.WorkflowExecutionCompleted]: 2,
  [E.WorkflowExecutionFailed]: 3,
  [E.WorkflowExecutionCanceled]: 4,
  [E.WorkflowExecutionTerminated]: 5,
  [E.WorkflowExecutionContinuedAsNew]: 6,
  [E.WorkflowExecutionTimedOut]: 7,
};
/** Events that no code asked for: they may wait for a started workflow task, and the code must see them before it closes. */
const fromOutside: ReadonlySet<number> = new Set([
  E.WorkflowExecutionSignaled,
  E.WorkflowExecutionCancelRequested,
  E.TimerFired,
  E.ActivityTaskStarted,
  E.ActivityTaskCompleted,
  E.ActivityTaskFailed,
  E.ActivityTaskTimedOut,
  E.ActivityTaskCanceled,
]);

/** Name of the signals of clients that would also have started the run: they do not wait for its first task. */
export const withStartSignal = 'with-start';

export class EventModel {
  status = 1;
  nextEventId = 1;
  readonly activities = new Map<number, ModelActivity>();
  /** By started event: an id can be used again while the firing of its first timer waits. */
  readonly timers = new Map<number, { timerId: string; fireAtUs: number }>();
  /** Values by name, as their JSON. */
  readonly attributes = new Map<string, string>();
  readonly memo = new Map<string, string>();
  signals = 0;
  cancelRequested = false;
  previousStartedEventId = 0;
  task: { scheduledEventId: number; startedEventId: number } | null = null;
  /** Something from outside came after the last completed task: its code does not know it. */
  unseen = false;
  clockUs = 0;
  /** When the run is out of time, and when its first workflow task comes by itself. */
  endUs = 0;
  firstTaskUs = 0;
  /** Its first workflow task was scheduled. */
  begun = false;
  /** The run that the closing event names. */
  successor = '';
  readonly faults: string[] = [];

  /** The model with these events on top, which have no ids yet. */
  with(buffered: readonly HistoryEvent[]): EventModel {
    const copy = new EventModel();
    Object.assign(copy, this, {
      activities: new Map([...this.activities].map(([id, each]) => [id, { ...each }])),
      timers: new Map(this.timers),
      faults: [],
    });
    for (const event of buffered) copy.#fold(event);
    return copy;
  }

  apply(event: HistoryEvent): void {
    const type = event.eventType;
    if (event.eventId !== this.nextEventId) this.#fault(event, `id, not ${this.nextEventId}`);
    if (this.status !== 1) this.#fault(event, 'after the closing event');
    const atUs = timeOf(event.eventTime);
    // What waited bears the time at which it came; everything else is in the order of time.
    if (!fromOutside.has(type) && !(atUs >= this.clockUs)) this.#fault(event, 'time goes back');
    this.clockUs = Math.max(this.clockUs, atUs);
    this.nextEventId += 1;
    this.#fold(event);
  }

  #fault({ eventId, eventType }: HistoryEvent, what: string): void {
    this.faults.push(`event ${eventId} of type ${eventType}: ${what}`);
  }

  #fold(event: HistoryEvent): void {
    const type = event.eventType;
    if (fromOutside.has(type)) this.unseen = true;
    this.#foldTask(event);
    this.#foldTimer(event);
    this.#foldActivity(event);
    const started = event.workflowExecutionStartedEventAttributes;
    if (started !== null) {
      const none = { seconds: 0, nanos: 0 };
      this.firstTaskUs = timeOf(event.eventTime) + timeOf(started.firstWorkflowTaskBackoff ?? none);
      const endUs = this.firstTaskUs + timeOf(started.workflowRunTimeout ?? none);
      const expiration = started.workflowExecutionExpirationTime;
      this.endUs = expiration === null ? endUs : Math.min(endUs, timeOf(expiration));
    }
    this.#foldProperties(event);
    const signaled = event.workflowExecutionSignaledEventAttributes;
    if (signaled !== null) this.signals += 1;
    if (signaled?.signalName === withStartSignal) this.firstTaskUs = 0;
    if (type === E.WorkflowExecutionCancelRequested) {
      if (this.cancelRequested) this.#fault(event, 'cancel requested twice');
      this.cancelRequested = true;
      this.firstTaskUs = 0;
    }
    const status = closings[type];
    if (status === undefined) return;
    this.status = status;
    const byCode = type !== E.WorkflowExecutionTerminated && type !== E.WorkflowExecutionTimedOut;
    if (byCode && this.unseen) this.#fault(event, 'closed by code that has not seen everything');
    if (type === E.WorkflowExecutionTimedOut) {
      this.#notBefore(event, this.endUs);
    }
    this.successor = (
      event.workflowExecutionContinuedAsNewEventAttributes ??
      event.workflowExecutionFailedEventAttributes ??
      event.workflowExecutionTimedOutEventAttributes ?? { newExecutionRunId: '' }
    ).newExecutionRunId;
    this.activities.clear();
    this.timers.clear();
    this.task = null;
  }

  #foldProperties(event: HistoryEvent): void {
    const started = event.workflowExecutionStartedEventAttributes;
    const changed = started ?? event.upsertWorkflowSearchAttributesEventAttributes;
    for (const [name, payload] of Object.entries(changed?.searchAttributes?.indexedFields ?? {})) {
      const value = readTextPayload(payload).data;
      if (value === 'null') this.attributes.delete(name);
      else this.attributes.set(name, value);
    }
    const memo = started?.memo ?? event.workflowPropertiesModifiedEventAttributes?.upsertedMemo;
    for (const [name, payload] of Object.entries(memoCodec.decode(memo ?? noBytes).fields)) {
      this.memo.set(name, readTextPayload(payload).data);
    }
  }

  #notBefore(event: HistoryEvent, us: number): void {
    if (!(timeOf(event.eventTime) >= us)) this.#fault(event, 'before its time');
  }

  #foldTask(event: HistoryEvent): void {
    const { task } = this;
    const { eventId } = event;
    switch (event.eventType) {
      case E.WorkflowTaskScheduled:
        if (task !== null) this.#fault(event, 'a second workflow task');
        if (!this.begun) this.#notBefore(event, this.firstTaskUs);
        this.begun = true;
        this.task = { scheduledEventId: eventId, startedEventId: 0 };
        break;
      case E.WorkflowTaskStarted:
        if (task === null || task.startedEventId > 0) this.#fault(event, 'nothing to start');
        else task.startedEventId = eventId;
        break;
      case E.WorkflowTaskCompleted:
        this.previousStartedEventId = task?.startedEventId ?? Number.NaN;
        this.unseen = false;
        this.task = null;
        break;
      case E.WorkflowTaskFailed:
      case E.WorkflowTaskTimedOut:
        if (task === null) this.#fault(event, 'no workflow task');
        this.task = null;
        break;
    }
  }

  #foldTimer(event: HistoryEvent): void {
    const started = event.timerStartedEventAttributes;
    if (started !== null) {
      const fireAtUs = timeOf(event.eventTime) + timeOf(started.startToFireTimeout);
      this.timers.set(event.eventId, { timerId: started.timerId, fireAtUs });
    }
    const fired = event.timerFiredEventAttributes;
    const over = fired ?? event.timerCanceledEventAttributes;
    if (over === null) return;
    const timer = this.timers.get(over.startedEventId);
    if (timer?.timerId !== over.timerId) this.#fault(event, 'no such timer');
    if (fired !== null) this.#notBefore(event, timer?.fireAtUs ?? Number.NaN);
    this.timers.delete(over.startedEventId);
  }

  #foldActivity(event: HistoryEvent): void {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled !== null) {
      this.activities.set(event.eventId, {
        activityId: scheduled.activityId,
        scheduledUs: timeOf(event.eventTime),
        scheduleToCloseUs: timeOf(scheduled.scheduleToCloseTimeout),
        scheduleToStartUs: timeOf(scheduled.scheduleToStartTimeout),
        startToCloseUs: timeOf(scheduled.startToCloseTimeout),
        startedUs: Number.NaN,
      });
    }
    const started = event.activityTaskStartedEventAttributes;
    if (started !== null) {
      const activity = this.activities.get(started.scheduledEventId);
      if (activity === undefined) this.#fault(event, 'no such activity');
      else activity.startedUs = timeOf(event.eventTime);
    }
    const timedOut = event.activityTaskTimedOutEventAttributes;
    const result =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      timedOut ??
      event.activityTaskCanceledEventAttributes;
    if (result === null) return;
    const activity = this.activities.get(result.scheduledEventId);
    if (activity === undefined) return this.#fault(event, 'no such activity');
    const linked = event.eventId === 0 || result.startedEventId > 0;
    if (linked !== !Number.isNaN(activity.startedUs) && event.eventId > 0) {
      this.#fault(event, 'not linked to its started event');
    }
    if (timedOut !== null) this.#timedOut(event, timedOut.failure, activity);
    this.activities.delete(result.scheduledEventId);
  }

  #timedOut(event: HistoryEvent, failure: Uint8Array, activity: ModelActivity): void {
    const { scheduledUs, startedUs } = activity;
    const type = decodeFailure(failure).timeoutFailureInfo?.timeoutType;
    if (type === T.ScheduleToStart) {
      this.#notBefore(event, scheduledUs + activity.scheduleToStartUs);
    } else if (type === T.StartToClose) this.#notBefore(event, startedUs + activity.startToCloseUs);
    // A running attempt that times out without time for another one is a schedule-to-close before its time.
    else if (type === T.ScheduleToClose && Number.isNaN(startedUs)) {
      this.#notBefore(event, scheduledUs + activity.scheduleToCloseUs);
    }
  }
}
