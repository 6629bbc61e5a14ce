// A transition being made: what it reads is the state with its own changes on top; what it leaves is a delta.
//
// F1. The state under a draft is never written; dropping the draft drops everything it did.
// F2. An event gets its id and its bytes when it is appended (architecture 11: encoded once).
// F3. While a workflow task is started, what happens outside it waits in the buffer, without an id (wire-contract 2.5).
// F4. Every step of a machine stands in its table (phases.ts).
// F5. The time of a draft is never before that of the run's newest transition (L10).

import { assert, concatBytes, fromUs, noBytes } from '@perdure/kernel';
import {
  encodeEvent,
  type HistoryEvent,
  type HistoryEventInit,
  historyEventCodec,
} from '@perdure/wire';
import type { TransitionBody, WorkflowDelta } from './encoding.ts';
import type { Moment, RunLimits } from './limits.ts';
import type { OutboxMessage } from './message/message.ts';
import type { Probe } from './message/probe.ts';
import { Overlay } from './overlay.ts';
import { activityEdges, mayFollow, outboxEdges, runEdges, workflowTaskEdges } from './phases.ts';
import type { StartedRun } from './start/begin.ts';
import {
  type Activity,
  type BufferedEvent,
  type ExecutionState,
  isRunning,
  type Progress,
  type StartInfo,
  TaskPhase,
  type Timer,
  type WorkflowTask,
} from './state.ts';

/** What the service does once the transition is durable. Each is safe to perform twice. */
export type Effect =
  | { readonly kind: 'offerWorkflowTask' }
  | { readonly kind: 'offerActivityTask'; readonly scheduledEventId: number }
  | { readonly kind: 'closed' };

/** What happened in a transition and shows neither in its effects nor in the state after it: for those who count. */
export type Note =
  /** An attempt of an activity failed, or timed out if `timeoutType` is not 0; whether or not another one follows. */
  | { readonly kind: 'attemptFailed'; readonly activity: Activity; readonly timeoutType: number }
  /** `eventType`: of the event that ended it. */
  | { readonly kind: 'activityEnded'; readonly activity: Activity; readonly eventType: number }
  | { readonly kind: 'workflowTaskFailed'; readonly cause: number }
  | { readonly kind: 'workflowTaskTimedOut'; readonly timeoutType: number };

/** The result of one step of one run: what is logged, and what follows once it is durable. */
export interface Transition {
  readonly body: TransitionBody;
  readonly effects: readonly Effect[];
  readonly notes: readonly Note[];
  /** The next run of the chain, when this transition closes one that goes on: durable with it or not at all (W6). */
  readonly successor: StartedRun | null;
}

const noNotes: readonly Note[] = [];
const noMessages: { set: readonly OutboxMessage[]; removed: readonly string[] } = {
  set: [],
  removed: [],
};

/** An event but for its id, time and type. */
export type EventAttributes = Omit<
  HistoryEventInit,
  'eventId' | 'eventTime' | 'eventType' | 'taskId'
>;

/** The links of a request, as they stand on its event. */
export type EventLinks = NonNullable<EventAttributes['links']>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Draft {
  readonly state: ExecutionState;
  /** The time of this transition: never before the run's newest one. */
  readonly nowUs: number;
  readonly limits: RunLimits;
  /** The workflow task in it is set by `setWorkflowTask`. */
  readonly progress: Mutable<Omit<Progress, 'workflowTask'>> & Pick<Progress, 'workflowTask'>;
  readonly effects: Effect[] = [];
  readonly timers: Overlay<string, Timer>;
  start: StartInfo;
  successor: StartedRun | null = null;
  memo: Uint8Array;
  searchAttributes: Uint8Array;
  /** After those of the state. */
  readonly probes: Probe[] = [];
  /** Made when first asked for: few transitions send or answer a message. */
  #outbox: Overlay<string, OutboxMessage> | null = null;
  readonly #activities: Overlay<number, Activity>;
  /** Made when first asked for. */
  #activityIds: Set<string> | null = null;
  readonly #events: Uint8Array[] = [];
  #notes: Note[] | null = null;
  /** What of the state's buffer still waits; null: all of it. */
  #kept: readonly BufferedEvent[] | null = null;
  #added: BufferedEvent[] = [];

  constructor(state: ExecutionState, { nowUs, limits }: Moment) {
    this.state = state;
    this.start = state.start;
    this.memo = state.memo;
    this.searchAttributes = state.searchAttributes;
    this.limits = limits;
    this.nowUs = Math.max(nowUs, state.progress.clockUs);
    this.progress = { ...state.progress, clockUs: this.nowUs };
    this.#activities = new Overlay(state.activities);
    this.timers = new Overlay(state.timers);
  }

  get running(): boolean {
    return isRunning(this);
  }

  get activities(): Pick<Overlay<number, Activity>, 'get' | 'size' | 'values'> {
    return this.#activities;
  }

  setActivity(activity: Activity): void {
    const id = activity.scheduledEventId;
    assert(
      mayFollow(activityEdges, this.#activities.get(id)?.phase, activity.phase),
      `F4: activity ${id} cannot enter phase ${activity.phase}`,
    );
    this.#activities.set(id, activity);
    this.#activityIds?.add(activity.activityId);
  }

  removeActivity(scheduledEventId: number): void {
    const activity = this.#activities.get(scheduledEventId);
    if (activity !== undefined) this.#activityIds?.delete(activity.activityId);
    this.#activities.remove(scheduledEventId);
  }

  /** True if an activity of that id is pending. */
  hasActivityId(activityId: string): boolean {
    if (this.#activityIds === null) {
      this.#activityIds = new Set();
      for (const pending of this.#activities.values()) this.#activityIds.add(pending.activityId);
    }
    return this.#activityIds.has(activityId);
  }

  get outbox(): Pick<Overlay<string, OutboxMessage>, 'get'> {
    this.#outbox ??= new Overlay(this.state.outbox);
    return this.#outbox;
  }

  setMessage(message: OutboxMessage): void {
    this.#outbox ??= new Overlay(this.state.outbox);
    const from = this.#outbox.get(message.id)?.phase;
    const goesOn = mayFollow(outboxEdges, from, message.phase);
    assert(goesOn, `F4: message ${message.id} cannot enter phase ${message.phase}`);
    this.#outbox.set(message.id, message);
  }

  removeMessage(id: string): void {
    this.#outbox ??= new Overlay(this.state.outbox);
    const from = this.#outbox.get(id)?.phase;
    assert(mayFollow(outboxEdges, from, undefined), `F4: message ${id} cannot leave`);
    this.#outbox.remove(id);
  }

  setWorkflowTask(task: WorkflowTask | null): void {
    const from = this.progress.workflowTask?.phase;
    assert(
      mayFollow(workflowTaskEdges, from, task?.phase),
      `F4: the workflow task cannot go from phase ${from} to ${task?.phase}`,
    );
    (this.progress as Mutable<Progress>).workflowTask = task;
  }

  /** Appends an event to the history and returns its id. `timeUs`: when it really happened, if not now. */
  append(eventType: number, attributes: EventAttributes, timeUs = this.nowUs): number {
    assert(this.running, 'S4: nothing follows the closing event');
    const eventId = this.progress.nextEventId;
    const eventTime = fromUs(timeUs);
    const bytes = encodeEvent({ eventId, eventTime, eventType, taskId: eventId, ...attributes });
    this.#events.push(bytes);
    this.progress.nextEventId = eventId + 1;
    this.progress.historyBytes += bytes.length;
    return eventId;
  }

  /** Appends an event from outside the workflow task, or buffers it. Returns its id, 0 when it waits for one. */
  record(eventType: number, attributes: EventAttributes, timeUs = this.nowUs): number {
    if (!this.buffering) return this.append(eventType, attributes, timeUs);
    this.buffer(eventType, attributes, timeUs);
    return 0;
  }

  /** Lets an event wait until the workflow task is over. */
  buffer(eventType: number, attributes: EventAttributes, timeUs = this.nowUs): void {
    const eventTime = fromUs(timeUs);
    this.#added.push(historyEventCodec.encode({ eventTime, eventType, ...attributes }));
  }

  note(note: Note): void {
    this.#notes ??= [];
    this.#notes.push(note);
  }

  /** True while a workflow task is started: what comes from outside it must wait (F3). */
  get buffering(): boolean {
    return this.progress.workflowTask?.phase === TaskPhase.Started;
  }

  /** True if something waits that came before this transition: the workflow's code has not seen it. */
  get hasUnseen(): boolean {
    return (this.#kept ?? this.state.buffered).length > 0;
  }

  get bufferedCount(): number {
    return (this.#kept ?? this.state.buffered).length + this.#added.length;
  }

  get bufferedBytes(): number {
    const add = (sum: number, event: BufferedEvent): number => sum + event.length;
    const kept = this.#kept === null ? this.state.bufferedBytes : this.#kept.reduce(add, 0);
    return this.#added.reduce(add, kept);
  }

  /** What waits, oldest first. */
  buffered(): HistoryEvent[] {
    const kept = this.#kept ?? this.state.buffered;
    return [...kept, ...this.#added].map((event) => historyEventCodec.decode(event));
  }

  /** Takes the event at that place out of what the code has not seen. */
  dropUnseen(index: number): void {
    this.#kept = (this.#kept ?? this.state.buffered).toSpliced(index, 1);
  }

  dropAllBuffered(): void {
    this.#kept = [];
    this.#added = [];
  }

  /** The task just scheduled was started in the same transition: there is nothing to offer. */
  withdrawTaskOffer(): void {
    const at = this.effects.findIndex((effect) => effect.kind === 'offerWorkflowTask');
    assert(at >= 0, 'a task that was just scheduled is on offer');
    this.effects.splice(at, 1);
  }

  /** Closes the run: the event just appended is its last. What waits or runs is dropped with it; messages are not (X3). */
  close(status: number, closedBatchEventId: number): void {
    assert(mayFollow(runEdges, this.progress.status, status), 'F4: a closed run is closed');
    this.progress.status = status;
    this.progress.closeTimeUs = this.nowUs;
    this.progress.closedBatchEventId = closedBatchEventId;
    if (this.progress.workflowTask !== null) this.setWorkflowTask(null);
    this.dropAllBuffered();
    for (const { scheduledEventId } of this.#activities.values()) {
      this.removeActivity(scheduledEventId);
    }
    for (const { timerId } of this.timers.values()) this.timers.remove(timerId);
    this.effects.length = 0;
    this.effects.push({ kind: 'closed' });
  }

  /** The transition. `workflow`: what changes for the workflow id. */
  finish(workflow: WorkflowDelta | null): Transition {
    const { state } = this;
    const messagesOnly = this.#outbox !== null && this.#events.length === 0;
    assert(isRunning(state) || messagesOnly, 'S4: a closed run does not change');
    this.progress.version = state.progress.version + 1;
    const activities = this.#activities.delta();
    const timers = this.timers.delta();
    const outbox = this.#outbox?.delta() ?? noMessages;
    const replaced = this.#kept !== null && state.buffered.length > 0;
    const delta = {
      start: this.start === state.start ? null : this.start,
      memo: this.memo === state.memo ? null : { value: this.memo },
      searchAttributes:
        this.searchAttributes === state.searchAttributes ? null : { value: this.searchAttributes },
      progress: this.progress,
      activitiesSet: activities.set,
      activitiesRemoved: activities.removed,
      timersSet: timers.set,
      timersRemoved: timers.removed,
      bufferedReplaced: replaced,
      buffered: [...(this.#kept ?? []), ...this.#added],
      outboxSet: outbox.set,
      outboxRemoved: outbox.removed,
      probes: this.probes,
    };
    const events = this.#events.length === 0 ? noBytes : concatBytes(this.#events);
    const { nextEventId: firstEventId } = state.progress;
    return {
      body: { delta, events, firstEventId, workflow, deletes: false },
      effects: this.effects,
      notes: this.#notes ?? noNotes,
      successor: this.successor,
    };
  }
}
