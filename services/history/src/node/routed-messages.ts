// The way of messages between runs to the owners of their targets, on this node or another (X1-X3), and what this node
// answers to those of others.
//
// R1. One try goes to one node: the one that is known to own. Whatever else comes of it than an answer is an unknown outcome,
//     and the courier tries again: then with what a NotOwner said.

import type { PartitionMap } from '@perdure/core-shard';
import { RejectionError, reject } from '@perdure/kernel';
import {
  type DeliveryOutcome,
  type MessageAttempt,
  type MessageLink,
  type MessageMethods,
  type MessageRelease,
  NotOwner,
  type PeerAnswers,
  type Peers,
} from '@perdure/ports';
import type { OpenedHistory } from '../history-options.ts';

export interface MessagePlaces {
  opened(logPartition: number): OpenedHistory | null;
  knownOwner(logPartition: number): string | null;
}

export interface RoutedMessagesOptions {
  readonly map: PartitionMap;
  readonly local: MessagePlaces;
  readonly peers: Peers;
}

export class RoutedMessages implements MessageLink {
  readonly #options: RoutedMessagesOptions;
  /** What nodes said that do not own. */
  readonly #hints = new Map<number, string>();

  constructor(options: RoutedMessagesOptions) {
    this.#options = options;
  }

  deliver(attempt: MessageAttempt): Promise<DeliveryOutcome> {
    const { peers } = this.#options;
    return this.#ask(attempt.message, {
      here: (link) => link.deliver(attempt),
      there: (node, logPartition) =>
        peers.call(node, 'deliverMessage', { logPartition, content: attempt }, null),
    });
  }

  async release(release: MessageRelease): Promise<void> {
    const { peers } = this.#options;
    await this.#ask<unknown>(release, {
      here: (link) => link.release(release),
      there: (node, logPartition) =>
        peers.call(node, 'releaseMessages', { logPartition, content: release }, null),
    });
  }

  async #ask<T>(
    target: { readonly namespaceId: string; readonly workflowId: string },
    ask: {
      readonly here: (link: MessageLink) => Promise<T>;
      readonly there: (node: string, logPartition: number) => Promise<T>;
    },
  ): Promise<T> {
    const { map, local, peers } = this.#options;
    const logPartition = map.partitionOf(target.namespaceId, target.workflowId);
    const opened = local.opened(logPartition);
    if (opened !== null) return ask.here(opened.messages);
    const node = this.#hints.get(logPartition) ?? local.knownOwner(logPartition);
    if (node === null || node === peers.self) throw new NotOwner(logPartition, null);
    try {
      return await ask.there(node, logPartition);
    } catch (fault) {
      this.#hints.delete(logPartition);
      if (fault instanceof NotOwner && fault.owner !== null && fault.owner !== node) {
        this.#hints.set(logPartition, fault.owner);
      }
      throw fault;
    }
  }
}

/** What the owners here answer to the messages of runs on other nodes. */
export function askedMessages(local: MessagePlaces): PeerAnswers<MessageMethods> {
  const linkOf = (logPartition: number): MessageLink => {
    const opened = local.opened(logPartition);
    if (opened === null) throw new NotOwner(logPartition, local.knownOwner(logPartition));
    return opened.messages;
  };
  const answered = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (fault) {
      if (fault instanceof RejectionError || fault instanceof NotOwner) throw fault;
      const why = reject('UNAVAILABLE', `the message could not be taken: ${String(fault)}`);
      throw new RejectionError(why, { cause: fault });
    }
  };
  return {
    deliverMessage: async ({ logPartition, content }) =>
      answered(linkOf(logPartition).deliver(content)),
    releaseMessages: async ({ logPartition, content }) => {
      await answered(linkOf(logPartition).release(content));
      return null;
    },
  };
}
