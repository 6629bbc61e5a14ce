// What matching on this node answers to other nodes: their owners' offers, and the polls that their gateways park here.
//
// A1. A node that is lost takes its polls with it: what was being started for them is given back (D3), and its offers are
//     void, for it offers anew over the next link, or its successor does.
// A2. A task that was handed to a link and not acknowledged when the link was lost may or may not have reached a worker: a
//     workflow task is offered again, the first completion wins; an activity ends by its time-out (D3).
// A3. When a queue moves, its polls are ended and told where it went; the tasks are taken back by their owners.

import type {
  MatchingService,
  PeerAnswers,
  PeerReceivers,
  PollOutcome,
  PollTicket,
  QueueMethods,
  QueueName,
  RemotePollOutcome,
  TaskOffer,
  TaskOwner,
} from '@perdure/ports';
import type { RoutedMatching } from './routed-matching.ts';

export interface AskedMatchingOptions {
  readonly local: MatchingService & { forgetNode(node: string): void };
  readonly routed: RoutedMatching;
  readonly owner: () => TaskOwner;
}

interface ParkedHere {
  readonly queue: QueueName;
  readonly answer: (outcome: RemotePollOutcome) => void;
  ticket: PollTicket | null;
  moved: boolean;
}

interface HandedToLink {
  readonly offer: TaskOffer;
  readonly pollRequestId: string;
}

/** What one node has here. */
class Guest {
  readonly parked = new Map<number, ParkedHere>();
  readonly handed = new Map<number, HandedToLink>();
}

export class AskedMatching {
  readonly answers: PeerAnswers<QueueMethods>;
  readonly messages: PeerReceivers;
  readonly #options: AskedMatchingOptions;
  readonly #guests = new Map<string, Guest>();

  constructor(options: AskedMatchingOptions) {
    this.#options = options;
    const { local, routed } = options;
    routed.watch({ moved: () => this.#moved(), lost: (node) => this.#lost(node) });
    this.answers = {
      offer: (offer) => new Promise((resolve) => local.offer(offer, resolve)),
      pollWorkflowTask: ({ parkId, poll }, _call, from) => {
        const queue = {
          namespaceId: poll.namespaceId,
          kind: 'workflow',
          name: poll.queue,
        } as const;
        return this.#park(from, parkId, queue, poll.pollRequestId, (done) =>
          local.pollWorkflowTask(poll, done),
        );
      },
      pollActivityTask: ({ parkId, poll }, _call, from) => {
        const queue = {
          namespaceId: poll.namespaceId,
          kind: 'activity',
          name: poll.queue,
        } as const;
        return this.#park(from, parkId, queue, poll.pollRequestId, (done) =>
          local.pollActivityTask(poll, done),
        );
      },
      describe: (queue) => local.describe(queue),
    };
    this.messages = {
      withdraw: (offer) => local.withdraw(offer),
      forgetStickyQueue: ({ namespaceId, queue }) => local.forgetStickyQueue(namespaceId, queue),
      endPoll: ({ parkId, how }, from) => this.#endPoll(from, parkId, how),
      pollReceived: ({ parkId }, from) => this.#guests.get(from)?.handed.delete(parkId),
    };
  }

  #park(
    from: string,
    parkId: number,
    queue: QueueName,
    pollRequestId: string,
    park: (done: (outcome: PollOutcome) => void) => PollTicket,
  ): Promise<RemotePollOutcome> {
    const guest = this.#guests.get(from) ?? new Guest();
    this.#guests.set(from, guest);
    const { promise, resolve: answer } = Promise.withResolvers<RemotePollOutcome>();
    const parked: ParkedHere = { queue, answer, ticket: null, moved: false };
    guest.parked.set(parkId, parked);
    parked.ticket = park((outcome) => {
      guest.parked.delete(parkId);
      if (outcome.kind === 'task') {
        guest.handed.set(parkId, { offer: outcome.offer, pollRequestId });
      }
      answer(parked.moved && outcome.kind === 'empty' ? this.#movedTo(queue) : outcome);
    });
    return promise;
  }

  #movedTo(queue: QueueName): RemotePollOutcome {
    return { kind: 'moved', node: this.#options.routed.nodeOf(queue) };
  }

  /** The poll may have been answered meanwhile: then whoever ends it deals with the answer. */
  #endPoll(from: string, parkId: number, how: 'cancel' | 'expire'): void {
    const parked = this.#guests.get(from)?.parked.get(parkId);
    if (parked === undefined) return;
    if (how === 'expire') parked.ticket?.expire();
    else this.#cancel(from, parkId, parked);
  }

  #cancel(from: string, parkId: number, parked: ParkedHere): void {
    this.#guests.get(from)?.parked.delete(parkId);
    parked.ticket?.cancel();
    parked.answer({ kind: 'empty' });
  }

  #moved(): void {
    const { routed } = this.#options;
    for (const { parked } of this.#guests.values()) {
      for (const each of parked.values()) {
        each.moved = routed.nodeOf(each.queue) !== routed.self;
        if (each.moved) each.ticket?.expire();
      }
    }
  }

  #lost(node: string): void {
    const { local, owner } = this.#options;
    local.forgetNode(node);
    const guest = this.#guests.get(node);
    if (guest === undefined) return;
    for (const [parkId, parked] of guest.parked) this.#cancel(node, parkId, parked);
    this.#guests.delete(node);
    for (const { offer, pollRequestId } of guest.handed.values()) {
      if (offer.kind !== 'activity') owner().workflowTaskNotDelivered(offer, pollRequestId);
    }
  }
}
