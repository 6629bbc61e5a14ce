// Runs under random inputs, checked after every step; every input is delivered twice.

import { equalBytes, noBytes, type RunKey } from '@perdure/kernel';
import {
  decodeEvents,
  historyEventCodec,
  memoCodec,
  readTextPayload,
  searchAttributesCodec,
  WorkflowExecutionStatus,
} from '@perdure/wire';
import type { Transition } from './draft.ts';
import { decodeBody, decodeSnapshot, encodeBody, encodeSnapshot } from './encoding.ts';
import { EventModel } from './event-model.fixture.ts';
import { emptyState } from './initial-state.ts';
import { Play } from './play.fixture.ts';
import { type AttemptOffer, check, RandomInputs, type Step } from './random-inputs.fixture.ts';
import {
  ActivityPhase,
  type ExecutionState,
  fold,
  isRunning,
  TaskPhase,
  type WorkflowTask,
} from './state.ts';

/** What a chain begins with; seconds, 0 = none. */
export interface RandomStart {
  readonly runTimeout: number;
  readonly executionTimeout: number;
  readonly startDelay: number;
  readonly retries: boolean;
}

/** Runs that follow each other: what is done is done to the newest. */
export class RandomChain {
  readonly runs: RandomRun[];

  constructor({ executionTimeout, retries, runTimeout, startDelay }: RandomStart) {
    const seconds = (length: number) => (length > 0 ? { seconds: length } : null);
    const { nowUs, state, transitions } = new Play({
      workflowRunTimeout: seconds(runTimeout),
      workflowExecutionTimeout: seconds(executionTimeout),
      workflowStartDelay: seconds(startDelay),
      retryPolicy: retries ? { initialInterval: { seconds: 2 }, maximumAttempts: 4 } : null,
    });
    this.runs = [new RandomRun(state.run, transitions[0] as Transition, nowUs)];
  }

  get newest(): RandomRun {
    return this.runs.at(-1) as RandomRun;
  }

  take(step: Step): void {
    const { newest } = this;
    newest.take(step);
    if (newest.next !== null) this.runs.push(newest.next);
  }

  finish(): void {
    for (const run of this.runs) run.finish();
  }
}

export class RandomRun {
  readonly state: ExecutionState;
  /** The run that this one went on in. */
  next: RandomRun | null = null;
  readonly #model = new EventModel();
  readonly #inputs: RandomInputs;
  /** What the log holds, and the run as its log is replayed. */
  readonly #bodies: Uint8Array[] = [];
  readonly #replayed: ExecutionState;
  readonly #offered = new Set<string>();

  constructor(run: RunKey, started: Transition, nowUs: number) {
    this.state = emptyState(run);
    this.#replayed = emptyState(run);
    this.#inputs = new RandomInputs(nowUs);
    this.#commit(started);
  }

  take(any: Step): void {
    const step = this.#inputs.settle(any, this.state);
    const input = this.#inputs.next(step, this.state);
    const decision = input(this.state);
    if (decision.transition) this.#commit(decision.transition);
    this.#inputs.learn(step, decision, this.state);
    // A signal is made idempotent by its request id, outside; a heartbeat is one more sign of life.
    if (step.kind.startsWith('signal') || step.kind === 'heartbeat') return;
    const again = input(this.state);
    check(!again.transition, `${step.kind} had an effect when it was delivered again`);
  }

  #commit({ body, effects, successor }: Transition): void {
    const version = this.state.progress.version + 1;
    check(body.delta.progress.version === version, 'S2: the next version');
    const bytes = encodeBody(body);
    const logged = decodeBody(bytes);
    check(equalBytes(encodeBody(logged), bytes), 'a body encoded again has other bytes');
    this.#bodies.push(bytes);
    fold(this.state, body.delta);
    fold(this.#replayed, logged.delta);
    const snapshot = encodeSnapshot(this.state);
    check(equalBytes(encodeSnapshot(this.#replayed), snapshot), 'S1: replayed it is another state');
    const loaded = decodeSnapshot(this.state.run, snapshot);
    check(equalBytes(encodeSnapshot(loaded), snapshot), 'a snapshot encoded again has other bytes');
    check(loaded.bufferedBytes === this.state.bufferedBytes, 'the size of what waits');
    check(loaded.bytes === this.state.bytes, 'the size of the state');
    for (const event of decodeEvents(logged.events)) this.#model.apply(event);
    this.#takeOffers(effects);
    this.#compareWithHistory();
    this.#compareTasks();
    const closed = effects.some(({ kind }) => kind === 'closed');
    check(closed === !isRunning(this.state), 'the end of the run is told');
    this.#goOn(successor);
  }

  /** The closing event names the next run, which is of this chain and says so. */
  #goOn(successor: Transition['successor']): void {
    const { run, start, progress } = this.state;
    const next = successor?.state.run.runId ?? '';
    check(this.#model.successor === next, 'the closing event names another run');
    const continued = progress.status === WorkflowExecutionStatus.ContinuedAsNew;
    check(!continued || successor !== null, 'continued as nothing');
    if (successor === null) return;
    const { state, transition } = successor;
    check(next !== run.runId && state.run.workflowId === run.workflowId, 'the run that follows');
    const [event] = decodeEvents(transition.body.events);
    const told = event?.workflowExecutionStartedEventAttributes;
    check(told?.continuedExecutionRunId === run.runId, 'it does not say which run it follows');
    this.next = new RandomRun(state.run, transition, this.#inputs.nowUs);
    const { start: kept } = this.next.state;
    check(kept.firstRunId === start.firstRunId, 'another chain');
    check(kept.executionExpirationUs === start.executionExpirationUs, 'the time of the chain');
    const { startTimeUs, executionTimeUs } = kept;
    check(startTimeUs === progress.closeTimeUs, 'it begins when the one before closes');
    check(executionTimeUs >= startTimeUs, 'its first task comes before its start');
  }

  #takeOffers(effects: Transition['effects']): void {
    const task = this.state.progress.workflowTask;
    for (const effect of effects) {
      if (effect.kind === 'offerWorkflowTask' && task !== null) {
        this.#offered.add(taskKey(task));
        this.#inputs.taskOffers.push(task);
      }
      if (effect.kind !== 'offerActivityTask') continue;
      const activity = this.state.activities.get(effect.scheduledEventId);
      if (activity === undefined) continue;
      this.#offered.add(attemptKey(activity));
      this.#inputs.attemptOffers.push(activity);
    }
  }

  /** The state is what the history says, and what waits to come into it. */
  #compareWithHistory(): void {
    const { activities, buffered, progress, timers } = this.state;
    const written = this.#model;
    const whole = written.with(buffered.map((event) => historyEventCodec.decode(event)));
    const faults = [...written.faults, ...whole.faults];
    check(faults.length === 0, faults.join('; '));
    check(written.status === progress.status, 'status');
    check(written.nextEventId === progress.nextEventId, 'nextEventId');
    check(written.previousStartedEventId === progress.previousStartedEventId, 'previous started');
    check(whole.signals === progress.signals, 'signals');
    check(whole.cancelRequested === progress.cancelRequested, 'cancelRequested');
    const begun = progress.firstTaskAtUs === 0;
    check(!isRunning(this.state) || written.begun === begun, 'the first workflow task');
    const ids = [...whole.activities.keys()].join();
    check(ids === [...activities.keys()].join(), 'pending activities');
    const names = [...whole.timers.values()].map(({ timerId }) => timerId).join();
    check(names === [...timers.keys()].join(), 'pending timers');
  }

  /** At most one workflow task, which the history knows unless it is transient; what waits has been offered (I15). */
  #compareTasks(): void {
    const { activities, buffered, progress } = this.state;
    const task = progress.workflowTask;
    const written = task?.transient === true ? null : task;
    const known = this.#model.task;
    check(known?.scheduledEventId === written?.scheduledEventId, 'the workflow task');
    check((known?.startedEventId ?? 0) === (written?.startedEventId ?? 0), 'the started task');
    check(buffered.length === 0 || task?.phase === TaskPhase.Started, 'F3: nothing to wait for');
    const scheduled = task?.phase === TaskPhase.Scheduled;
    check(!scheduled || this.#offered.has(taskKey(task)), 'I15: a workflow task was not offered');
    for (const activity of activities.values()) {
      const waits = activity.phase === ActivityPhase.Scheduled;
      check(!waits || this.#offered.has(attemptKey(activity)), 'I15: an activity was not offered');
    }
  }

  /** After the last step: the log alone gives the same run, and no acknowledged signal is missing from a closed one. */
  finish(): void {
    const state = emptyState(this.state.run);
    let historyBytes = 0;
    for (const bytes of this.#bodies) {
      const body = decodeBody(bytes);
      fold(state, body.delta);
      historyBytes += body.events.length;
    }
    check(
      equalBytes(encodeSnapshot(state), encodeSnapshot(this.state)),
      'S1: the fold of its deltas',
    );
    check(state.progress.historyBytes === historyBytes, 'historyBytes');
    const { memo, searchAttributes } = this.state;
    const { indexedFields } = searchAttributesCodec.decode(searchAttributes);
    check(sameValues(this.#model.attributes, indexedFields), 'search attributes');
    check(sameValues(this.#model.memo, memoCodec.decode(memo).fields), 'memo');
    const { signals } = this.#inputs;
    check(isRunning(state) || this.#model.signals === signals, 'an acknowledged signal is missing');
  }
}

function sameValues(
  wanted: ReadonlyMap<string, string>,
  found: Readonly<Record<string, Uint8Array>>,
): boolean {
  const names = Object.keys(found);
  const same = (name: string): boolean =>
    readTextPayload(found[name] ?? noBytes).data === wanted.get(name);
  return names.length === wanted.size && names.every(same);
}

const taskKey = ({ scheduledEventId, attempt, stickyQueue }: WorkflowTask): string =>
  `${scheduledEventId}/${attempt}/${stickyQueue}`;
const attemptKey = ({ scheduledEventId, attempt, stamp }: AttemptOffer): string =>
  `${scheduledEventId}/${attempt}/${stamp}`;
