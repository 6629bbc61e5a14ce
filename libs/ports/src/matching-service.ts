// The matching service as other services see it. Soft state only: it may forget everything at any time, history owns
// "scheduled, not started" and offers again (D1).

import type {
  ActivityPoll,
  PollOutcome,
  QueueName,
  StartOutcome,
  TaskOffer,
  WorkflowPoll,
} from '@perdure/core-matching';

export type {
  ActivityPoll,
  PollOutcome,
  QueueName,
  StartOutcome,
  TaskKind,
  TaskOffer,
  WorkflowPoll,
} from '@perdure/core-matching';

/** A parked poll. Either call is a no-op once the poll has ended. */
export interface PollTicket {
  /**
   * The client is gone. Takes the poll back: it will not consume a task any more. A task that was being started for it
   * is given back (D3). With the last poll of a sticky queue its worker is taken for gone, until it polls again.
   */
  cancel(): void;
  /**
   * The poll's time is up, its client is there. `done` is called with empty, at once; or, if a task is being started
   * for the poll, when that start ends: with the task if there is one.
   */
  expire(): void;
}

export interface PollerInfo {
  readonly identity: string;
  readonly lastAccessTimeUs: number;
  readonly ratePerSecond: number;
}

export interface QueueStats {
  readonly backlogCount: number;
  readonly backlogAgeUs: number;
  readonly tasksAddRate: number;
  readonly tasksDispatchRate: number;
  /** Pollers seen in the last 5 minutes. */
  readonly pollers: readonly PollerInfo[];
}

/**
 * `taken`: matching holds the task until its start ended. `unavailable`: a sticky queue without a poller now or in the last
 * 10 s, or whose worker said goodbye: the owner offers to the normal queue at once. `full`: the queue holds as many tasks
 * as it may and has not taken this one; the owner offers it again later (D1).
 */
export type OfferAnswer = 'taken' | 'unavailable' | 'full';

/** Matching as the owner of a LogPartition needs it. */
export interface TaskOffers {
  /**
   * Takes an offer and hands it to a waiting poll if there is one. A repeated offer of a task that matching still has
   * changes nothing. `answered` is called at most once: in the same turn where the queue is held in this process, so that
   * what is decided together shares a frame (W6). It is not called when the answer was lost or the LogPartition was:
   * whoever offers to other nodes repeats.
   */
  offer(offer: TaskOffer, answered: (answer: OfferAnswer) => void): void;

  /** Forgets an offer that the owner knows to be void (run closed, task timed out). Optional: starts are conditional. */
  withdraw(offer: TaskOffer): void;

  /** A RejectionError UNAVAILABLE when the node that holds the queue cannot be asked. */
  describe(queue: QueueName): Promise<QueueStats>;
}

export interface MatchingService extends TaskOffers {
  /** Parks the poll. `done` is called once, with a task or empty. Not called after `cancel`. */
  pollWorkflowTask(poll: WorkflowPoll, done: (outcome: PollOutcome) => void): PollTicket;
  pollActivityTask(poll: ActivityPoll, done: (outcome: PollOutcome) => void): PollTicket;

  /** The worker behind a sticky queue is going: its queue is `unavailable` from now on, its unstarted tasks go back to the owner. */
  forgetStickyQueue(namespaceId: string, queue: string): void;
}

/** Calls of matching and the gateway into the owner of a task. */
export interface TaskOwner {
  /**
   * Starts the offered task for the poll: conditional, at most once per (scheduled event, attempt) (D2). Decided on
   * head, resolved when durable (W6). `obsolete`: the task is no longer there; forget the offer. A rejected promise
   * (owner fails, run quarantined) drops the offer too; the owner offers again.
   */
  startWorkflowTask(offer: TaskOffer, poll: WorkflowPoll): Promise<StartOutcome>;
  startActivityTask(offer: TaskOffer, poll: ActivityPoll): Promise<StartOutcome>;

  /**
   * D3: the receiver of a started workflow task (or query task) is gone and no byte was written to it. The task is
   * offered again under the same started event and attempt; the first completion wins.
   */
  workflowTaskNotDelivered(offer: TaskOffer, pollRequestId: string): void;

  /**
   * D3: undoes an activity start. Called only by the component that knows that it wrote no byte of the task to the
   * worker; a no-op unless the running attempt was started by that poll.
   */
  activityTaskNotDelivered(offer: TaskOffer, pollRequestId: string): void;

  /** The sticky queue of this offer is gone: offer the task to its normal queue. */
  stickyQueueGone(offer: TaskOffer): void;
}
