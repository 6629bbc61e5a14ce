// A transition being made: what it reads is the state with its own changes on top; what it leaves is a delta.
//
// F1. The state under a draft is never written; dropping the draft drops everything it did.
// F2. An event gets its id and its bytes when it is appended (architecture 11: encoded once).
// F3. While a workflow task is started, what happens outside it waits in the buffer, without an id (wire-contract 2.5).

import { assert, concatBytes, fromUs } from '@perdure/kernel';
import { encodeEvent, type HistoryEventInit } from '@perdure/wire';
import type { TransitionBody, WorkflowDelta } from './encoding.ts';
import {
  type Activity,
  type BufferedEvent,
  type ExecutionState,
  type Progress,
  type StartInfo,
  TaskPhase,
  type Timer,
} from './state.ts';

/** What the service does once the transition is durable. Each is safe to perform twice. */
export type Effect =
  | { readonly kind: 'offerWorkflowTask' }
  | { readonly kind: 'offerActivityTask'; readonly scheduledEventId: number }
  | { readonly kind: 'closed' };

/** An event but for its id, time and type. */
export type EventAttributes = Omit<HistoryEventInit, 'eventId' | 'eventTime' | 'eventType' | 'taskId'>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Draft {
  readonly state: ExecutionState;
  /** The time of this transition: never before the run's last event. */
  readonly nowUs: number;
  readonly progress: Mutable<Progress>;
  start: StartInfo;
  buffered: readonly BufferedEvent[];
  readonly effects: Effect[] = [];
  readonly #firstEventId: number;
  readonly #events: Uint8Array[] = [];
  readonly #activitiesSet = new Map<number, Activity>();
  readonly #activitiesRemoved = new Set<number>();
  readonly #timersSet = new Map<string, Timer>();
  readonly #timersRemoved = new Set<string>();

  constructor(state: ExecutionState, nowUs: number) {
    this.state = state;
    this.start = state.start;
    this.buffered = state.buffered;
    this.nowUs = Math.max(nowUs, state.progress.lastEventTimeUs);
    this.progress = { ...state.progress };
    this.#firstEventId = state.progress.nextEventId;
  }

  get running(): boolean {
    return this.progress.status === 1;
  }

  activity(scheduledEventId: number): Activity | undefined {
    if (this.#activitiesRemoved.has(scheduledEventId)) return undefined;
    return this.#activitiesSet.get(scheduledEventId) ?? this.state.activities.get(scheduledEventId);
  }

  activityById(activityId: string): Activity | undefined {
    for (const activity of this.activities()) {
      if (activity.activityId === activityId) return activity;
    }
    return undefined;
  }

  *activities(): Generator<Activity> {
    for (const [id, activity] of this.state.activities) {
      if (!this.#activitiesRemoved.has(id)) yield this.#activitiesSet.get(id) ?? activity;
    }
    for (const [id, activity] of this.#activitiesSet) {
      if (!this.state.activities.has(id)) yield activity;
    }
  }

  get activityCount(): number {
    let added = 0;
    for (const id of this.#activitiesSet.keys()) if (!this.state.activities.has(id)) added += 1;
    return this.state.activities.size + added - this.#activitiesRemoved.size;
  }

  setActivity(activity: Activity): void {
    this.#activitiesSet.set(activity.scheduledEventId, activity);
  }

  removeActivity(scheduledEventId: number): void {
    this.#activitiesSet.delete(scheduledEventId);
    if (this.state.activities.has(scheduledEventId)) this.#activitiesRemoved.add(scheduledEventId);
  }

  timer(timerId: string): Timer | undefined {
    const set = this.#timersSet.get(timerId);
    if (set !== undefined) return set;
    return this.#timersRemoved.has(timerId) ? undefined : this.state.timers.get(timerId);
  }

  *timers(): Generator<Timer> {
    for (const [id, timer] of this.state.timers) {
      if (!this.#timersRemoved.has(id) && !this.#timersSet.has(id)) yield timer;
    }
    yield* this.#timersSet.values();
  }

  setTimer(timer: Timer): void {
    this.#timersSet.set(timer.timerId, timer);
  }

  removeTimer(timerId: string): void {
    this.#timersSet.delete(timerId);
    if (this.state.timers.has(timerId)) this.#timersRemoved.add(timerId);
  }

  /** Appends an event to the history and returns its id. `timeUs`: when it really happened, if not now. */
  append(eventType: number, attributes: EventAttributes, timeUs?: number): number {
    const eventId = this.progress.nextEventId;
    const bytes = encodeEvent({
      eventId,
      eventTime: fromUs(timeUs ?? this.nowUs),
      eventType,
      taskId: eventId,
      ...attributes,
    });
    this.#events.push(bytes);
    this.progress.nextEventId = eventId + 1;
    this.progress.historyBytes += bytes.length;
    this.progress.lastEventTimeUs = this.nowUs;
    return eventId;
  }

  /** True if a command asked for another workflow task after the one being completed. */
  taskWanted = false;
  wantTask(): void {
    this.taskWanted = true;
  }

  /** The task just scheduled was started in the same transition: there is nothing to offer. */
  withdrawTaskOffer(): void {
    const at = this.effects.findIndex((effect) => effect.kind === 'offerWorkflowTask');
    if (at >= 0) this.effects.splice(at, 1);
  }

  /** True while a workflow task is started: what comes from outside it must wait (F3). */
  get buffering(): boolean {
    return this.progress.workflowTask?.phase === TaskPhase.Started;
  }

  /** Appends an event from outside the workflow task, or buffers it. Returns its id, 0 when it waits for one. */
  record(eventType: number, attributes: EventAttributes, timeUs?: number): number {
    if (!this.buffering) return this.append(eventType, attributes, timeUs);
    this.buffered = [
      ...this.buffered,
      { eventType, eventTime: fromUs(timeUs ?? this.nowUs), ...attributes },
    ];
    return 0;
  }

  /** Closes the run: the event just appended is its last. */
  close(status: number, closedBatchEventId: number): void {
    this.progress.status = status;
    this.progress.closeTimeUs = this.nowUs;
    this.progress.closedBatchEventId = closedBatchEventId;
    this.progress.workflowTask = null;
    if (this.buffered.length > 0) this.buffered = [];
    for (const activity of [...this.activities()]) this.removeActivity(activity.scheduledEventId);
    for (const timer of [...this.timers()]) this.removeTimer(timer.timerId);
    this.effects.push({ kind: 'closed' });
  }

  /** The transition. `workflow`: what changes for the workflow id. */
  finish(workflow: WorkflowDelta | null = null): Transition {
    const { state } = this;
    assert(state.progress.status === 1, 'S4: a closed run does not change');
    this.progress.version = state.progress.version + 1;
    return {
      body: {
        delta: {
          start: this.start === state.start ? null : this.start,
          progress: this.progress,
          activitiesSet: [...this.#activitiesSet.values()],
          activitiesRemoved: [...this.#activitiesRemoved],
          timersSet: [...this.#timersSet.values()],
          timersRemoved: [...this.#timersRemoved],
          buffered: this.buffered === state.buffered ? null : this.buffered,
        },
        events: this.#events.length === 0 ? noEvents : concatBytes(this.#events),
        firstEventId: this.#firstEventId,
        workflow,
      },
      effects: this.effects,
    };
  }
}

const noEvents = new Uint8Array(0);

/** The result of one step of one run: what is logged, and what follows once it is durable. */
export interface Transition {
  readonly body: TransitionBody;
  readonly effects: readonly Effect[];
}
