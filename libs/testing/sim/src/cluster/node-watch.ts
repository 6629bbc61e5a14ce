// Watches one process of a simulated node from outside: what it says of its LogPartitions, asks of others, and writes.

import { PartitionMap } from '@perdure/core-shard';
import type { OpenedHistory } from '@perdure/history';
import {
  type DeliveryOutcome,
  type FoldBatch,
  NotOwner,
  PeerLost,
  type Peers,
  type Store,
  type TaskOffer,
} from '@perdure/ports';
import type { NodeServicesOptions } from '@perdure/server/node-services';
import type { Sightings } from '../sightings.ts';
import type { Trace } from '../trace.ts';
import type { MessageWatch } from './message-watch.ts';
import type { NodeStateName } from './node-states.ts';
import type { OfferWatch } from './offer-watch.ts';
import type { ProcessLives } from './process-lives.ts';

export interface NodeWatchOptions {
  readonly process: string;
  readonly trace: Trace;
  readonly sightings: Sightings<NodeStateName>;
  readonly lives: ProcessLives;
  readonly offers: OfferWatch;
  readonly messages: MessageWatch;
  readonly logPartitions: number;
  /** A node does what it must not. */
  readonly onFault: (fault: string) => void;
}

export class NodeWatch {
  /** By LogPartition: what it serves. */
  readonly owned = new Map<number, OpenedHistory>();
  readonly #options: NodeWatchOptions;
  readonly #map: PartitionMap;

  constructor(options: NodeWatchOptions) {
    this.#options = options;
    this.#map = new PartitionMap(options.logPartitions);
    options.lives.began(options.process);
  }

  events(): NodeServicesOptions['events'] {
    const { process, trace, sightings, lives, onFault } = this.#options;
    return {
      serving: (logPartition, history) => {
        trace.note(`${process} serves ${logPartition}`);
        this.owned.set(logPartition, history);
        const before = lives.serves(logPartition, process);
        if (before !== null && before !== process) sightings.seen('take-over');
      },
      lost: (logPartition, _history, byEpoch) => {
        trace.note(`${process} lost ${logPartition} to ${byEpoch ?? 'nobody'}`);
        this.owned.delete(logPartition);
        if (byEpoch !== null) sightings.seen('owner fenced');
      },
      halted: (logPartition, fault) =>
        onFault(`a LogPartition is halted: ${process} ${logPartition}: ${fault.message}`),
      trouble: (logPartition, message, error) =>
        trace.note(`${process} LogPartition ${logPartition}: ${message}: ${String(error)}`),
      assigned: ({ generation }) => trace.note(`${process} heard of generation ${generation}`),
      clockOff: (aheadUs) => {
        trace.note(`${process} clock off by ${aheadUs}`);
        sightings.seen('clock off');
      },
      suspected: (node) => {
        trace.note(`${process} suspects ${node}`);
        sightings.seen('owner suspected');
      },
    };
  }

  store(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (name !== 'write') return member.bind(target);
        return (batch: FoldBatch) => {
          this.#sightWrite(batch);
          return target.write(batch);
        };
      },
    });
  }

  #sightWrite({ wake, runStates, applied, wakeBucketsDropped }: FoldBatch): void {
    const { process, lives, sightings } = this.#options;
    const ofZombie = (partitions: readonly number[]): boolean =>
      partitions.some((partition) => lives.isZombie(partition, process));
    const waking = [...wake, ...wakeBucketsDropped].map(({ block }) =>
      this.#map.partitionOfBlock(block),
    );
    const states = runStates.map(({ run }) =>
      this.#map.partitionOf(run.namespaceId, run.workflowId),
    );
    if (ofZombie(states)) sightings.seen('zombie wrote rows');
    if (ofZombie(waking)) sightings.seen('wake bucket rewritten by a zombie');
    if (applied !== null && ofZombie([applied.logPartition]))
      sightings.seen('checkpoint of a zombie');
  }

  peers(peers: Peers): Peers {
    const { messages, offers, process, trace } = this.#options;
    const call: Peers['call'] = async (node, method, request, context) => {
      trace.add(
        'peer call',
        Buffer.from(`${process} ${node} ${method}`),
        () => `${process} to ${node}: ${method} ${aboutOf(request)}`,
      );
      if (method === 'offer') offers.offered(process, node, request as never);
      if (method === 'deliverMessage') messages.attempted(process, contentOf(request));
      if (method === 'releaseMessages') messages.releasing(contentOf(request));
      try {
        const answer = await peers.call(node, method, request, context);
        trace.add(
          'peer answer',
          Buffer.from(`${process} ${node} ${method}`),
          () => `${process} from ${node}: ${method} ${aboutOf(request)} ${kindOf(answer)}`,
        );
        this.#answered(method, request, answer);
        return answer;
      } catch (fault) {
        trace.note(`${process} from ${node}: ${method} ${aboutOf(request)}: ${String(fault)}`);
        this.#failed(method, request, fault);
        throw fault;
      }
    };
    return {
      self: peers.self,
      serve: ({ answers, messages: receivers }) => {
        const deliverMessage: typeof answers.deliverMessage = async (request, context, from) => {
          const outcome = await answers.deliverMessage(request, context, from);
          messages.judged(process, request.content, outcome);
          return outcome;
        };
        peers.serve({ answers: { ...answers, deliverMessage }, messages: receivers });
      },
      send: (node, message, content) => peers.send(node, message, content),
      onLost: (listener) => peers.onLost(listener),
      call,
    };
  }

  #answered(method: string, request: unknown, answer: unknown): void {
    const { messages, offers, process, sightings } = this.#options;
    if (method === 'deliverMessage')
      messages.answered(process, contentOf(request), answer as DeliveryOutcome);
    if (method.startsWith('start')) offers.started(request, answer);
    const moved = (answer as { kind?: string } | null)?.kind === 'moved';
    if (method.startsWith('poll') && moved) sightings.seen('poll moved');
  }

  #failed(method: string, request: unknown, fault: unknown): void {
    const { messages, offers, sightings } = this.#options;
    if (method === 'deliverMessage') messages.lost();
    if (method === 'releaseMessages') messages.releaseLost(contentOf(request));
    if (fault instanceof NotOwner) sightings.seen('call followed its owner');
    if (!(fault instanceof PeerLost)) return;
    sightings.seen('call to a lost node');
    if (method.startsWith('start')) offers.startLost(request);
  }

  frozen(): void {
    this.#options.lives.froze(this.#options.process);
  }

  thawed(): void {
    this.#options.lives.thawed(this.#options.process);
  }

  ended(): void {
    this.#options.lives.ended(this.#options.process);
  }
}

function contentOf<T>(request: unknown): T {
  return (request as { content: T }).content;
}

/** For people who read a trace: the messages, or the run, and the event or the poll. */
function aboutOf(request: unknown): string {
  const { content, run, offer, poll } = (request ?? {}) as Record<string, never>;
  const about = (content ?? {}) as {
    offer?: TaskOffer;
    poll?: { pollRequestId: string };
    message?: { id: string };
    messageIds?: readonly string[];
  };
  const messages = about.messageIds?.join(' ') ?? about.message?.id;
  if (messages !== undefined) return messages;
  const task = about.offer ?? offer ?? (run === undefined ? undefined : (request as TaskOffer));
  const pollId = (about.poll ?? (poll as { pollRequestId?: string } | undefined))?.pollRequestId;
  return `${task?.run.runId ?? ''} ${task?.scheduledEventId ?? ''} ${pollId ?? ''}`.trim();
}

function kindOf(answer: unknown): string {
  return typeof answer === 'string' ? answer : ((answer as { kind?: string } | null)?.kind ?? '');
}
