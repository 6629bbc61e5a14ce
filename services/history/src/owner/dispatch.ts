// Offers what is scheduled and not started to matching (D1). History is the source of truth: an offer may be repeated or
// stale, the start decides (D2).

import {
  ActivityPhase,
  type Effect,
  type ExecutionState,
  TaskPhase,
  type WorkflowTask,
} from '@perdure/core-execution';
import type { WakeOffer } from '@perdure/core-shard';
import type { RunKey } from '@perdure/kernel';
import type { Clock, OfferAnswer, TaskOffer, TaskOffers } from '@perdure/ports';
import { priorityCodec } from '@perdure/wire';
import type { RunHandle } from './run-handle.ts';

/** Priority of a task whose workflow named none. */
const defaultPriority = 3;
/** A queue that is full is tried again after this. */
const fullQueueUs = 1_000_000;

export class Dispatch {
  readonly #matching: TaskOffers;
  readonly #epoch: number;
  readonly #clock: Clock;
  /** Offers made so far; one that is tried again counts again. */
  offers = 0;

  constructor(matching: TaskOffers, epoch: number, clock: Clock) {
    this.#matching = matching;
    this.#epoch = epoch;
    this.#clock = clock;
  }

  perform(handle: RunHandle, effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'offerWorkflowTask':
          this.offerWorkflowTask(handle);
          break;
        case 'offerActivityTask':
          this.offerActivity(handle, effect.scheduledEventId);
          break;
        case 'closed':
          break;
      }
    }
  }

  /** Everything of the run that waits for a worker. After a take-over, or when a receiver was lost. */
  offerAll(handle: RunHandle): void {
    this.offerWorkflowTask(handle);
    for (const id of handle.state.activities.keys()) this.offerActivity(handle, id);
  }

  offerWorkflowTask(handle: RunHandle): void {
    const task = handle.state.progress.workflowTask;
    if (task?.phase === TaskPhase.Scheduled) this.#offerTask(handle.state, task, task.stickyQueue);
  }

  /**
   * The task that was started at that time, once more, for a receiver that was lost (D3): the start is repeated under the
   * same event. To the normal queue: no time-out would take it away from a sticky worker that is gone or busy.
   */
  redeliver(handle: RunHandle, startedTimeUs: number): void {
    const task = handle.state.progress.workflowTask;
    if (task?.phase !== TaskPhase.Started || task.startedTimeUs !== startedTimeUs) return;
    handle.redelivery = { startedTimeUs, pollRequestId: null };
    this.#offerTask(handle.state, task, '');
  }

  #offerTask(state: ExecutionState, task: WorkflowTask, stickyQueue: string): void {
    const offer = this.#offer(state.run, {
      kind: 'workflow',
      queue: stickyQueue || state.start.taskQueue,
      sticky: stickyQueue !== '',
      scheduledEventId: task.scheduledEventId,
      attempt: task.attempt,
      stamp: 0,
      priority: state.start.priority,
      scheduledAtUs: task.scheduledTimeUs,
    });
    this.#give(offer, state.start.taskQueue);
  }

  offerActivity(handle: RunHandle, scheduledEventId: number): void {
    const { state } = handle;
    const activity = state.activities.get(scheduledEventId);
    if (activity?.phase !== ActivityPhase.Scheduled) return;
    this.#give(
      this.#offer(state.run, {
        kind: 'activity',
        queue: activity.taskQueue,
        sticky: false,
        scheduledEventId,
        attempt: activity.attempt,
        stamp: activity.stamp,
        priority: activity.priority,
        scheduledAtUs: activity.attemptScheduledTimeUs,
      }),
      activity.taskQueue,
    );
  }

  /** The one task of a run that is not in memory, from its wake row. */
  offerFromWake(run: RunKey, wake: WakeOffer): void {
    const offer = this.#offer(run, {
      kind: wake.kind === 1 ? 'workflow' : 'activity',
      queue: wake.queue,
      sticky: wake.normalQueue !== '',
      scheduledEventId: wake.scheduledEventId,
      attempt: wake.attempt,
      stamp: wake.stamp,
      priority: wake.priority,
      scheduledAtUs: wake.scheduledAtUs,
    });
    this.#give(offer, wake.normalQueue || wake.queue);
  }

  /** Tries the sticky queue first when the run has one. */
  offerQuery(handle: RunHandle, queryId: string, nowUs: number): void {
    const { run, start, progress } = handle.state;
    // The worker of a closed run has dropped it: any worker will do.
    const stickyQueue = handle.open ? progress.stickyQueue : '';
    const offer: TaskOffer = {
      ...this.#offer(run, {
        kind: 'query',
        queue: stickyQueue || start.taskQueue,
        sticky: stickyQueue !== '',
        scheduledEventId: 0,
        attempt: 1,
        stamp: 0,
        priority: start.priority,
        scheduledAtUs: nowUs,
      }),
      queryId,
    };
    this.#give(offer, start.taskQueue);
  }

  /** Offers, to the normal queue if the sticky one cannot take it; again after a while if the queue is full (I15). */
  #give(offer: TaskOffer, normalQueue: string): void {
    this.offers += 1;
    this.#matching.offer(offer, (answer) => this.#answered(offer, normalQueue, answer));
  }

  #answered(offer: TaskOffer, normalQueue: string, answer: OfferAnswer): void {
    if (answer === 'unavailable' && offer.sticky) {
      const queue = { ...offer.queue, name: normalQueue };
      this.#give({ ...offer, sticky: false, queue }, normalQueue);
    } else if (answer !== 'taken') {
      this.#clock.after(fullQueueUs, () => this.#give(offer, normalQueue));
    }
  }

  #offer(
    run: RunKey,
    task: {
      kind: TaskOffer['kind'];
      queue: string;
      sticky: boolean;
      scheduledEventId: number;
      attempt: number;
      stamp: number;
      priority: Uint8Array;
      scheduledAtUs: number;
    },
  ): TaskOffer {
    return {
      kind: task.kind,
      queue: {
        namespaceId: run.namespaceId,
        kind: task.kind === 'activity' ? 'activity' : 'workflow',
        name: task.queue,
      },
      sticky: task.sticky,
      run,
      scheduledEventId: task.scheduledEventId,
      attempt: task.attempt,
      stamp: task.stamp,
      queryId: '',
      epoch: this.#epoch,
      node: '',
      priority: priorityKey(task.priority),
      scheduledAtUs: task.scheduledAtUs,
    };
  }
}

function priorityKey(priority: Uint8Array): number {
  if (priority.length === 0) return defaultPriority;
  return priorityCodec.decode(priority).priorityKey || defaultPriority;
}
