// Hands tasks out (D2) and takes them back (D3): the face of the owner to matching and the gateway.
//
// T1. The start is decided on head in the turn of the match, and answered when it is durable.
// T2. A start that lost its task is `obsolete`; matching forgets the offer and serves the poll with the next.

import {
  type Decision,
  type ExecutionState,
  type Moment,
  resetSticky,
  startActivity,
  startWorkflowTask,
  TaskPhase,
  type Transition,
  undoActivityStart,
} from '@perdure/core-execution';
import { RejectionError, type RunKey } from '@perdure/kernel';
import type {
  ActivityPoll,
  StartOutcome,
  TaskOffer,
  TaskOwner,
  WorkflowPoll,
} from '@perdure/ports';
import { commitDurably } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import type { Redelivery, RunHandle } from '../owner/run-handle.ts';
import {
  activityTaskResponse,
  encodeWorkflowTask,
  queryTaskResponse,
  showStartedTask,
  workflowTaskResponse,
} from './poll-response.ts';

/** A run that could not be read is tried again after this. */
const retryUs = 1_000_000;

export class TaskHandOut implements TaskOwner {
  readonly #context: HistoryContext;

  constructor(context: HistoryContext) {
    this.#context = context;
  }

  async startWorkflowTask(offer: TaskOffer, poll: WorkflowPoll): Promise<StartOutcome> {
    const { loader } = this.#context;
    const found = loader.run(offer.run);
    const handle = found instanceof Promise ? await found : found;
    if (handle === null || handle.quarantined !== null) return this.#obsolete();
    return offer.kind === 'query'
      ? this.#startQuery(handle, offer, poll)
      : this.#startTask(handle, offer, poll);
  }

  async #startTask(handle: RunHandle, offer: TaskOffer, poll: WorkflowPoll): Promise<StartOutcome> {
    const { owner, queries } = this.#context;
    const { workflowTask } = handle.state.progress;
    const redelivery = redeliveryOf(handle);
    const { pollRequestId } = poll;
    // For its first taker, or for the poll that took it and asks once more (D2).
    const taker = redelivery === null ? undefined : (redelivery.pollRequestId ?? pollRequestId);
    if (workflowTask !== null && redelivery !== null && taker === pollRequestId) {
      handle.redelivery = { ...redelivery, pollRequestId };
      const shown = showStartedTask(handle, workflowTask, poll.sticky, queries.attached(handle));
      await owner.afterHead();
      return this.#handOut(handle, shown, offer, poll);
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
    const shown = showStartedTask(handle, decision.value, poll.sticky, queries.attach(handle));
    await durable;
    return this.#handOut(handle, shown, offer, poll);
  }

  async #handOut(
    handle: RunHandle,
    shown: ReturnType<typeof showStartedTask>,
    offer: TaskOffer,
    poll: WorkflowPoll,
  ): Promise<StartOutcome> {
    try {
      const response = await workflowTaskResponse(this.#context, handle, shown);
      return { kind: 'started', response: encodeWorkflowTask(response) };
    } catch (fault) {
      // D3: its history cannot be read at the moment. Nobody got it, so it need not wait for its time-out.
      this.#offerUnread(offer.run, shown.task.startedTimeUs, poll.pollRequestId);
      throw fault;
    }
  }

  /** At once for whoever comes with another offer of the same task; else it is offered when the store may be read again. */
  #offerUnread(run: RunKey, startedTimeUs: number, pollRequestId: string): void {
    const { clock, dispatch } = this.#context;
    this.#withRun(run, (handle) => {
      if (handle.state.progress.workflowTask?.startedTimeUs !== startedTimeUs) return;
      if (receiverOf(handle) !== pollRequestId) return;
      handle.redelivery = { startedTimeUs, pollRequestId: null };
      clock.after(retryUs, () =>
        this.#withRun(run, (again) => {
          if (receiverOf(again) === null) dispatch.redeliver(again, startedTimeUs);
        }),
      );
    });
  }

  async #startQuery(
    handle: RunHandle,
    offer: TaskOffer,
    poll: WorkflowPoll,
  ): Promise<StartOutcome> {
    const pending = this.#context.queries.find(offer.queryId);
    if (pending?.place !== 'direct') return this.#obsolete();
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
    if (handle === null || handle.quarantined !== null) return this.#obsolete();
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
    const response = activityTaskResponse(this.#context, handle, decision.value);
    await durable;
    return { kind: 'started', response };
  }

  /** A start that is refused may close the run all the same, when the run has outgrown its limits. */
  #refuse(handle: RunHandle, transition: Transition | undefined): Promise<StartOutcome> {
    if (transition !== undefined) {
      this.#context.owner.commit([{ handle, entry: null, transition }]);
    }
    return this.#obsolete();
  }

  /** T2. Believed for ever, so it may not be said by an owner that is none any more (W4). */
  async #obsolete(): Promise<StartOutcome> {
    await this.#context.owner.afterHead();
    return { kind: 'obsolete' };
  }

  workflowTaskNotDelivered(offer: TaskOffer, pollRequestId: string): void {
    if (offer.kind === 'query') {
      this.#context.queries.offerAgain(offer.queryId);
      return;
    }
    this.#withRun(offer.run, (handle) => {
      const task = handle.state.progress.workflowTask;
      if (task?.phase !== TaskPhase.Started) return;
      if (receiverOf(handle) !== pollRequestId) return;
      this.#context.dispatch.redeliver(handle, task.startedTimeUs);
    });
  }

  activityTaskNotDelivered(offer: TaskOffer, pollRequestId: string): void {
    const { scheduledEventId } = offer;
    this.#changeRun(offer.run, (state, at) =>
      undoActivityStart(state, { scheduledEventId, pollRequestId, ...at }),
    );
  }

  /** A start failed for a reason that may pass: whatever of the run waits is offered again (I15). */
  offerAgain(offer: TaskOffer): void {
    const { loader, dispatch, queries } = this.#context;
    if (offer.kind === 'query') {
      queries.offerAgain(offer.queryId);
      return;
    }
    Promise.resolve(loader.run(offer.run)).then(
      (handle) => handle?.quarantined === null && dispatch.offerAll(handle),
      // The store still cannot be read: try once more, later.
      () => this.#context.clock.after(retryUs, () => this.offerAgain(offer)),
    );
  }

  /** The worker behind a sticky queue is gone: the run is bound to nobody, its task goes to the normal queue. */
  stickyQueueGone(offer: TaskOffer): void {
    if (offer.kind === 'query') this.#context.queries.offerAgain(offer.queryId);
    else this.#changeRun(offer.run, resetSticky);
  }

  /** Decides on the run and commits; nobody waits for the outcome. */
  #changeRun(
    run: RunKey,
    decision: (state: ExecutionState, at: Moment) => Decision<unknown>,
  ): void {
    const { owner } = this.#context;
    this.#withRun(run, (handle) => {
      try {
        const decided = owner.decide(handle, decision);
        if (!decided.ok || decided.transition === null) return;
        owner.commit([{ handle, entry: null, transition: decided.transition }]);
      } catch (error) {
        if (!(error instanceof RejectionError)) throw error;
      }
    });
  }

  /** In this turn when the run is in memory, else when it is. */
  #withRun(run: RunKey, act: (handle: RunHandle) => void): void {
    const { loader, clock } = this.#context;
    const given = (handle: RunHandle | null): void => {
      if (handle !== null && handle.quarantined === null) act(handle);
    };
    const found = loader.run(run);
    if (!(found instanceof Promise)) given(found);
    // A store that cannot be read is tried again, later.
    else found.then(given, () => clock.after(retryUs, () => this.#withRun(run, act)));
  }
}

/** Of the workflow task that is started now, when its first receiver was lost: the run stays in memory for it (D3). */
export function redeliveryOf({ redelivery, state }: RunHandle): Redelivery | null {
  const startedUs = state.progress.workflowTask?.startedTimeUs;
  return redelivery?.startedTimeUs === startedUs ? redelivery : null;
}

/** The poll that has the started workflow task of the run; null: it reached none so far. */
function receiverOf(handle: RunHandle): string | null {
  const redelivery = redeliveryOf(handle);
  if (redelivery !== null) return redelivery.pollRequestId;
  return handle.state.progress.workflowTask?.pollRequestId ?? null;
}
