// An operator who makes runs send probes to each other while clients are at work, and keeps what became of each order: the
// messages between runs (X1-X3) have no other user yet.
//
// P1. An order goes into the process that owns the sender as far as that process knows: a zombie is asked, too.
// P2. An order is one transition of its sender: it has 1 to 4 probes to one or two targets.
// P3. Each probe has a text that no other has, so that it is known by it when nobody was told its id.

import { PartitionMap } from '@perdure/core-shard';
import { RejectionError } from '@perdure/kernel';
import type { Ledger } from '@perdure/model';
import type { Agenda } from '../agenda.ts';
import type { Chance } from '../chance.ts';
import { namespace } from '../population.ts';
import { orNotFound } from '../workload/acts.ts';
import type { Caller } from '../workload/caller.ts';
import type { ClusterNode } from './cluster-node.ts';

/** Workflow ids that no client ever starts have such names. */
export const neverStarted = 'nobody-';

interface RunNamed {
  readonly workflowId: string;
  /** Of a target, empty: the current run. */
  readonly runId: string;
}

/** One probe that was ordered. */
export interface ProbeOrdered {
  readonly text: string;
  readonly sender: RunNamed;
  readonly target: RunNamed;
  readonly beganUs: number;
  /** Known when the sending was acknowledged. */
  messageId: string | null;
  /** The sender was not there any more, or closed: nothing was sent. */
  refused: boolean;
}

export interface ProberOptions {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly caller: Caller;
  readonly ledger: Ledger;
  readonly nodes: readonly ClusterNode[];
  readonly logPartitions: number;
}

/** Between two orders, at most. */
const pauseUsMax = 1e6;
/** Most of the newest runs are still open. */
const newestRuns = 12;

export class Prober {
  readonly orders: ProbeOrdered[] = [];
  readonly #options: ProberOptions;
  readonly #map: PartitionMap;
  #namespaceId: string | null = null;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#map = new PartitionMap(options.logPartitions);
  }

  async live(endUs: number): Promise<void> {
    const { caller, chance, ledger } = this.#options;
    while (caller.nowUs < endUs) {
      await caller.sleep(chance.between(0, pauseUsMax));
      if (ledger.starts.length === 0) continue;
      this.#namespaceId ??= await this.#askNamespace();
      if (this.#namespaceId !== null && caller.nowUs < endUs) this.#order(this.#namespaceId);
    }
  }

  /** How the server calls the namespace; null: the run that it was asked with is gone. */
  async #askNamespace(): Promise<string | null> {
    const { caller, ledger } = this.#options;
    const { workflowId, runId } = ledger.starts.at(-1) as RunNamed;
    const run = { namespace, workflowId, runId };
    return (await orNotFound(caller.operate('DescribeRun', run)))?.namespaceId ?? null;
  }

  #order(namespaceId: string): void {
    const { agenda, chance, ledger, nodes } = this.#options;
    const { workflowId, runId } = chance.pick(ledger.starts.slice(-newestRuns));
    const sender = { workflowId, runId };
    const targets = Array.from({ length: chance.happens(0.6) ? 1 : 2 }, () => this.#target(sender));
    const probes = Array.from({ length: 1 + chance.below(4) }, () => this.#probe(sender, targets));
    const partition = this.#map.partitionOf(namespaceId, workflowId);
    const owners = nodes.filter((node) => node.owned(partition) !== null);
    if (owners.length === 0) return;
    const node = chance.pick(owners);
    const order = {
      from: { ...sender, namespaceId },
      to: probes.map(({ target, text }) => ({ target: { ...target, namespaceId }, text })),
    };
    // P1: a frozen process comes to it when it goes on.
    agenda.after(0, node.host, () => {
      node
        .owned(partition)
        ?.sendProbes(order)
        .then(
          (ids) => {
            for (const [place, probe] of probes.entries()) probe.messageId = ids[place] ?? null;
          },
          (fault: unknown) => {
            const gone = fault instanceof RejectionError && fault.rejection.code === 'NOT_FOUND';
            for (const probe of probes) probe.refused = gone;
          },
        );
    });
  }

  #probe(sender: RunNamed, targets: readonly RunNamed[]): ProbeOrdered {
    const { agenda, chance } = this.#options;
    const probe = {
      text: `probe ${this.orders.length}`,
      sender,
      target: chance.pick(targets),
      beganUs: agenda.nowUs,
      messageId: null,
      refused: false,
    };
    this.orders.push(probe);
    return probe;
  }

  #target(sender: RunNamed): RunNamed {
    const { chance, ledger } = this.#options;
    const { starts } = ledger;
    const some = chance.between(0, 1);
    // Of the sender's own chain, itself included: a next run of its id.
    if (some < 0.12) return { workflowId: sender.workflowId, runId: '' };
    if (some < 0.18) return { workflowId: `${neverStarted}${chance.below(3)}`, runId: '' };
    // One that a client is about to start.
    if (some < 0.28) return { workflowId: this.#nextId(1 + chance.below(3)), runId: '' };
    const { workflowId, runId } = chance.pick(
      some < 0.75 ? starts.slice(-newestRuns) : starts.slice(),
    );
    if (some < 0.31) return { workflowId, runId: chance.uuid() };
    return { workflowId, runId: chance.happens(0.6) ? '' : runId };
  }

  /** Clients number the ids that they start. */
  #nextId(ahead: number): string {
    const { requests } = this.#options.ledger;
    const numbers = requests.map(({ workflowId }) => Number(/^run-(\d+)$/.exec(workflowId)?.[1]));
    return `run-${Math.max(0, ...numbers.filter((number) => number >= 0)) + ahead}`;
  }
}
