// The matching service of a node: each queue is held by one node of the cluster, this one or another.
//
// M1. The holder is a function of the queue's name and the members of the newest assignment (core: queue-place.ts). Two nodes
//     may know different assignments for a while: whoever is asked to hold a queue holds it.
// M2. A queue held here is called in the same turn (W6).
// M3. When queues move, their open polls are parked at the new place (routed-poll.ts), and the owners offer their tasks
//     there and take them back from the old place (the offer books): both places drain to one.

import { placeOf, queuePlaces } from '@perdure/core-matching';
import { RejectionError, reject, usPerMs, usPerSecond } from '@perdure/kernel';
import type {
  ActivityPoll,
  Assignment,
  Clock,
  ClusterMatching,
  MatchingService,
  MatchingWatcher,
  OfferAnswer,
  Peers,
  PollOutcome,
  PollTicket,
  QueueName,
  QueueStats,
  RemotePollOutcome,
  TaskOffer,
  TaskOwner,
  TaskPolls,
  WorkflowPoll,
} from '@perdure/ports';
import { type AskedPoll, type PollPlaces, RoutedPoll } from './routed-poll.ts';

/** A poll whose place was lost is parked again after this. */
const parkAgainUs = 200 * usPerMs;
/** A task whose start failed is offered again after this. */
const reofferUs = usPerSecond;

export interface RoutedMatchingOptions {
  readonly clock: Clock;
  /** Of this process. */
  readonly local: MatchingService;
  readonly peers: Peers;
  /** Asked at each use: it routes to the owner of the task, wherever it is. */
  readonly owner: () => TaskOwner;
}

export class RoutedMatching implements TaskPolls, ClusterMatching, PollPlaces {
  readonly self: string;
  readonly #options: RoutedMatchingOptions;
  readonly #watchers = new Set<MatchingWatcher>();
  readonly #polls = new Set<RoutedPoll>();
  #pausing: RoutedPoll[] = [];
  #generation = -1;
  #places = queuePlaces([]);
  #parkIds = 0;

  constructor(options: RoutedMatchingOptions) {
    this.#options = options;
    this.self = options.peers.self;
    options.peers.onLost((node) => {
      for (const watcher of this.#watchers) watcher.lost(node);
    });
  }

  /** Polls that are open here, wherever they are parked. */
  get openPolls(): number {
    return this.#polls.size;
  }

  /** An older generation than that in force is ignored. */
  assigned({ generation, members }: Assignment): void {
    if (generation < this.#generation) return;
    this.#generation = generation;
    this.#places = queuePlaces(members);
    for (const watcher of this.#watchers) watcher.moved();
    for (const poll of this.#polls) poll.placesChanged();
    this.#parkPausing();
  }

  watch(watcher: MatchingWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  nodeOf(queue: QueueName): string {
    return placeOf(this.#places, queue) ?? this.self;
  }

  offerAt(node: string, offer: TaskOffer, answered: (answer: OfferAnswer | 'lost') => void): void {
    const { local, peers } = this.#options;
    if (node === this.self) local.offer(offer, answered);
    else {
      peers.call(node, 'offer', offer, null).then(answered, () => answered('lost'));
    }
  }

  withdrawAt(node: string, offer: TaskOffer): void {
    const { local, peers } = this.#options;
    if (node === this.self) local.withdraw(offer);
    else peers.send(node, 'withdraw', offer);
  }

  async describe(queue: QueueName): Promise<QueueStats> {
    const { local, peers } = this.#options;
    const node = this.nodeOf(queue);
    if (node === this.self) return local.describe(queue);
    try {
      return await peers.call(node, 'describe', queue, null);
    } catch (cause) {
      if (cause instanceof RejectionError) throw cause;
      const why = reject('UNAVAILABLE', 'the node that holds the task queue cannot be reached');
      throw new RejectionError(why, { cause });
    }
  }

  forgetStickyQueue(namespaceId: string, queue: string): void {
    const { local, peers } = this.#options;
    const node = this.nodeOf({ namespaceId, kind: 'workflow', name: queue });
    if (node === this.self) local.forgetStickyQueue(namespaceId, queue);
    else peers.send(node, 'forgetStickyQueue', { namespaceId, queue });
  }

  pollWorkflowTask(poll: WorkflowPoll, done: (outcome: PollOutcome) => void): PollTicket {
    return this.#open({ kind: 'workflow', poll }, done);
  }

  pollActivityTask(poll: ActivityPoll, done: (outcome: PollOutcome) => void): PollTicket {
    return this.#open({ kind: 'activity', poll }, done);
  }

  /**
   * A start of a task held here could not be answered by its owner, and matching has dropped it. Whether the owner still
   * has it is not known here: it is held again, and the next start tells.
   */
  startFailed(offer: TaskOffer): void {
    const { clock, local, owner } = this.#options;
    clock.after(reofferUs, () => {
      local.offer(offer, (answer) => {
        if (answer === 'unavailable') owner().stickyQueueGone(offer);
        else if (answer === 'full') this.startFailed(offer);
      });
    });
  }

  /** For polls. */
  parkAt(
    node: string,
    asked: AskedPoll,
    outcome: (outcome: RemotePollOutcome) => void,
    lost: () => void,
  ): PollTicket {
    const { local, peers } = this.#options;
    if (node === this.self) {
      return asked.kind === 'workflow'
        ? local.pollWorkflowTask(asked.poll, outcome)
        : local.pollActivityTask(asked.poll, outcome);
    }
    this.#parkIds += 1;
    const parkId = this.#parkIds;
    const answer =
      asked.kind === 'workflow'
        ? peers.call(node, 'pollWorkflowTask', { parkId, poll: asked.poll }, null)
        : peers.call(node, 'pollActivityTask', { parkId, poll: asked.poll }, null);
    answer.then((came) => {
      if (came.kind === 'task') peers.send(node, 'pollReceived', { parkId });
      outcome(came);
    }, lost);
    return {
      cancel: () => peers.send(node, 'endPoll', { parkId, how: 'cancel' }),
      expire: () => peers.send(node, 'endPoll', { parkId, how: 'expire' }),
    };
  }

  /** For polls. */
  parkLater(poll: RoutedPoll): void {
    if (this.#pausing.length === 0) {
      this.#options.clock.after(parkAgainUs, () => this.#parkPausing());
    }
    this.#pausing.push(poll);
  }

  /** For polls. */
  giveBack(offer: TaskOffer, pollRequestId: string): void {
    const owner = this.#options.owner();
    if (offer.kind === 'activity') owner.activityTaskNotDelivered(offer, pollRequestId);
    else owner.workflowTaskNotDelivered(offer, pollRequestId);
  }

  /** For polls. */
  ended(poll: RoutedPoll): void {
    this.#polls.delete(poll);
  }

  #open(asked: AskedPoll, done: (outcome: PollOutcome) => void): PollTicket {
    const poll = new RoutedPoll(this, asked, done);
    this.#polls.add(poll);
    poll.park();
    return poll;
  }

  #parkPausing(): void {
    const polls = this.#pausing;
    this.#pausing = [];
    for (const poll of polls) poll.parkAgain();
  }
}
