// Hands tasks out (D2) and takes them back (D3): the face of the owner to matching and the gateway.
//
// T1. The start is decided on head in the turn of the match, and answered when it is durable.
// T2. A start that lost its task is `obsolete`; matching forgets the offer and serves the poll with the next.

import {
  resetSticky,
  startActivity,
  startWorkflowTask,
  TaskPhase,
  type Transition,
  undoActivityStart,
} from '@perdure/core-execution';
import { RejectionError } from '@perdure/kernel';
import type {
  ActivityPoll,
  StartOutcome,
  TaskOffer,
  TaskOwner,
  WorkflowPoll,
} from '@perdure/ports';
import { commitDurably } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import {
  activityTaskResponse,
  encodeWorkflowTask,
  queryTaskResponse,
  showStartedTask,
  workflowTaskResponse,
} from './poll-response.ts';

/** A run that could not be read is tried again after this. */
const retryUs = 1_000_000;

const obsolete: StartOutcome = { kind: 'obsolete' };

export class TaskHandOut implements TaskOwner {
  readonly #context: HistoryContext;
  /** Started workflow tasks whose receiver was lost: by run, when the task to hand out again was started. */
  readonly #undelivered = new WeakMap<RunHandle, number>();

  constructor(context: HistoryContext) {
    this.#context = context;
  }

  async startWorkflowTask(offer: TaskOffer, poll: WorkflowPoll): Promise<StartOutcome> {
    const { loader } = this.#context;
    const found = loader.run(offer.run);
    const handle = found instanceof Promise ? await found : found;
    if (handle === null || handle.quarantined !== null) return obsolete;
    return offer.kind === 'query'
      ? this.#startQuery(handle, offer, poll)
      : this.#startTask(handle, offer, poll);
  }

  async #startTask(handle: RunHandle, offer: TaskOffer, poll: WorkflowPoll): Promise<StartOutcome> {
    const { owner } = this.#context;
    const again = this.#undelivered.get(handle);
    const { workflowTask } = handle.state.progress;
    if (again !== undefined && workflowTask?.startedTimeUs === again) {
      this.#undelivered.delete(handle);
      const shown = showStartedTask(this.#context, handle, workflowTask, poll.sticky);
      await owner.afterHead();
      return this.#handOut(handle, shown);
    }
    const decision = owner.decide(handle, (state, at) =>
      startWorkflowTask(state, {
        scheduledEventId: offer.scheduledEventId,
        attempt: offer.attempt,
        pollRequestId: poll.pollRequestId,
        identity: poll.identity,
        sticky: poll.sticky,
        ...at,
      }),
    );
    if (!decision.ok) return this.#refuse(handle, decision.transition);
    const durable = commitDurably(owner, handle, null, decision.transition);
    const shown = showStartedTask(this.#context, handle, decision.value, poll.sticky);
    await durable;
    return this.#handOut(handle, shown);
  }

  async #handOut(
    handle: RunHandle,
    shown: ReturnType<typeof showStartedTask>,
  ): Promise<StartOutcome> {
    const response = await workflowTaskResponse(this.#context, handle, shown);
    return { kind: 'started', response: encodeWorkflowTask(response) };
  }

  async #startQuery(
    handle: RunHandle,
    offer: TaskOffer,
    poll: WorkflowPoll,
  ): Promise<StartOutcome> {
    const pending = this.#context.queries.find(offer.queryId);
    if (pending?.place !== 'direct') return obsolete;
    await this.#context.owner.afterHead();
    const response = await queryTaskResponse(
      this.#context,
      handle,
      pending.id,
      pending.query,
      poll.sticky,
    );
    return { kind: 'started', response: encodeWorkflowTask(response) };
  }

  async startActivityTask(offer: TaskOffer, poll: ActivityPoll): Promise<StartOutcome> {
    const { loader, owner } = this.#context;
    const found = loader.run(offer.run);
    const handle = found instanceof Promise ? await found : found;
    if (handle === null || handle.quarantined !== null) return obsolete;
    const decision = owner.decide(handle, (state, at) =>
      startActivity(state, {
        scheduledEventId: offer.scheduledEventId,
        attempt: offer.attempt,
        stamp: offer.stamp,
        pollRequestId: poll.pollRequestId,
        identity: poll.identity,
        ...at,
      }),
    );
    if (!decision.ok) return this.#refuse(handle, decision.transition);
    const durable = commitDurably(owner, handle, null, decision.transition);
    const response = activityTaskResponse(this.#context, handle, decision.value, poll.namespace);
    await durable;
    return { kind: 'started', response };
  }

  /** A start that is refused may close the run all the same, when the run has outgrown its limits. */
  #refuse(handle: RunHandle, transition: Transition | undefined): StartOutcome {
    if (transition !== undefined) {
      this.#context.owner.commit([{ handle, entry: null, transition }]);
    }
    return obsolete;
  }

  workflowTaskNotDelivered(offer: TaskOffer, pollRequestId: string): void {
    if (offer.kind === 'query') {
      this.#context.queries.offerAgain(offer.queryId);
      return;
    }
    const handle = this.#context.owner.handle(offer.run);
    const task = handle?.state.progress.workflowTask;
    if (handle === undefined || task?.phase !== TaskPhase.Started) return;
    if (task.pollRequestId !== pollRequestId) return;
    this.#undelivered.set(handle, task.startedTimeUs);
    this.#context.dispatch.offerStartedTask(handle, offer);
  }

  activityTaskNotDelivered(offer: TaskOffer, pollRequestId: string): void {
    const { owner } = this.#context;
    const handle = owner.handle(offer.run);
    if (handle === undefined || handle.quarantined !== null) return;
    const { scheduledEventId } = offer;
    const decision = owner.decide(handle, (state, at) =>
      undoActivityStart(state, { scheduledEventId, pollRequestId, ...at }),
    );
    if (decision.ok && decision.transition !== null) {
      owner.commit([{ handle, entry: null, transition: decision.transition }]);
    }
  }

  /** A start failed for a reason that may pass: whatever of the run waits is offered again (I15). */
  offerAgain(offer: TaskOffer): void {
    const { loader, dispatch, queries } = this.#context;
    if (offer.kind === 'query') {
      queries.offerAgain(offer.queryId);
      return;
    }
    Promise.resolve(loader.run(offer.run)).then(
      (handle) => handle !== null && dispatch.offerAll(handle),
      // The store still cannot be read: try once more, later.
      () => this.#context.clock.after(retryUs, () => this.offerAgain(offer)),
    );
  }

  /** The worker behind a sticky queue is gone: the run is bound to nobody, its task goes to the normal queue. */
  stickyQueueGone(offer: TaskOffer): void {
    const { owner, queries } = this.#context;
    if (offer.kind === 'query') {
      queries.offerAgain(offer.queryId);
      return;
    }
    const handle = owner.handle(offer.run);
    if (handle === undefined || handle.quarantined !== null) return;
    try {
      const decision = owner.decide(handle, (state, at) => resetSticky(state, at));
      if (decision.ok && decision.transition !== null) {
        owner.commit([{ handle, entry: null, transition: decision.transition }]);
      }
    } catch (error) {
      if (!(error instanceof RejectionError)) throw error;
    }
  }
}
