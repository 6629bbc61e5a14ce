// The worker gateway as the frontend sees it: it answers the calls by which workers get their tasks.

import type { CallContext } from './call.ts';
import type { Routed } from './history-service.ts';

/** The answer to a poll. */
export interface PolledTask {
  /** The encoded response, to be written as it is; no bytes for a poll that got nothing. */
  readonly bytes: Uint8Array;
  /**
   * To be called in place of writing, when the call has been cancelled by then: the task is given back (D3). MUST NOT be
   * called once a byte of it may have reached the worker: an activity would run twice.
   */
  notDelivered(): void;
}

export interface WorkerGateway {
  /**
   * Parks the call until there is a task, at most 60 s and until 1 s before its deadline; then answers empty. A
   * RejectionError for a request that is refused. Namespace checks are the frontend's.
   */
  pollWorkflowTaskQueue(
    routed: Routed<'PollWorkflowTaskQueue'>,
    call: CallContext,
  ): Promise<PolledTask>;
  pollActivityTaskQueue(
    routed: Routed<'PollActivityTaskQueue'>,
    call: CallContext,
  ): Promise<PolledTask>;

  /** Parks the call and answers empty: there are no Nexus tasks. */
  pollNexusTaskQueue(routed: Routed<'PollNexusTaskQueue'>, call: CallContext): Promise<PolledTask>;

  /** The worker's goodbye: its sticky queue is forgotten at once. Answers the encoded (empty) response. */
  shutdownWorker(routed: Routed<'ShutdownWorker'>): Promise<Uint8Array>;

  /** Refuses new polls and ends the parked ones, empty or with what is being started for them. Resolves when none is left. */
  drain(): Promise<void>;
}
