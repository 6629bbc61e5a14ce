// Brings the faults of nodes, links and callers into a world of many nodes, and takes them out again.

import type { Agenda, Host } from '../agenda.ts';
import { Chance } from '../chance.ts';
import type { Network } from '../network.ts';
import type { Sightings } from '../sightings.ts';
import type { AnyStateName, ClusterNode } from './cluster-node.ts';
import type { Links } from './links.ts';
import type { NodeFaultKind, NodeFaultPlan } from './node-plan.ts';

export interface NodeTroublesOptions {
  readonly agenda: Agenda;
  readonly seed: number;
  readonly plan: NodeFaultPlan;
  readonly sightings: Sightings<AnyStateName>;
  readonly nodes: readonly ClusterNode[];
  readonly links: Links;
  readonly network: Network;
  /** A process under the identity of that node, beside it, for a while. */
  readonly twinOf: (node: ClusterNode) => ClusterNode;
}

export class NodeTroubles {
  /** How often each kind struck. */
  readonly counts = new Map<string, number>();
  readonly #options: NodeTroublesOptions;
  readonly #twins = new Set<ClusterNode>();
  /** Faults strike. */
  on = false;

  constructor(options: NodeTroublesOptions) {
    this.#options = options;
  }

  begin(): void {
    this.on = true;
    const { network, links, nodes, sightings, plan, twinOf } = this.#options;
    const { lostRequest, lostAnswer, duplicate, delayed } = plan;
    Object.assign(network.faults, { lostRequest, lostAnswer, duplicate, delayed });
    links.faults.delayed = plan.linkDelayed;
    this.#every('nodeKillEveryUs', (chance) => chance.pick(nodes).kill());
    this.#every('nodeFreezeEveryUs', (chance) => {
      const node = chance.pick(nodes);
      node.freeze();
      this.#later(chance.between(0.2e6, 25e6), () => node.thaw());
    });
    this.#every('nodeLeavesEveryUs', (chance) => {
      sightings.seen('node left in order');
      void chance.pick(nodes).leave();
    });
    this.#every('nodeTwinEveryUs', (chance) => {
      const node = chance.pick(nodes);
      if (node.host === null) return;
      sightings.seen('two processes of one identity');
      const twin = twinOf(node);
      this.#twins.add(twin);
      void twin.start();
      this.#later(chance.between(2e6, 20e6), () => this.#endTwin(twin));
    });
    this.#every('linkCutEveryUs', (chance) => {
      const [one, other] = [chance.pick(nodes), chance.pick(nodes)];
      if (one === other) return;
      sightings.seen('link cut');
      links.cut(one.name, other.name);
      this.#later(chance.between(0.5e6, 20e6), () => links.heal());
    });
    this.#callers();
  }

  end(): void {
    this.on = false;
    const { network, links, nodes, agenda } = this.#options;
    Object.assign(network.faults, { lostRequest: 0, lostAnswer: 0, duplicate: 0, delayed: 0 });
    links.faults.delayed = 0;
    links.heal();
    network.heal();
    for (const twin of this.#twins) this.#endTwin(twin);
    for (const node of nodes) node.thaw();
    for (const caller of network.callers) agenda.thaw(caller);
  }

  #endTwin(twin: ClusterNode): void {
    this.#twins.delete(twin);
    twin.kill();
  }

  #callers(): void {
    const { network, sightings, agenda } = this.#options;
    const someone = (chance: Chance): Host | null =>
      network.callers.length === 0 ? null : chance.pick(network.callers);
    this.#every('cutEveryUs', (chance) => {
      const silent = chance.happens(0.5);
      sightings.seen(silent ? 'silent cut' : 'connection cut');
      network.cut(chance.happens(0.3) ? null : someone(chance), silent);
      this.#later(chance.between(0.1e6, 30e6), () => network.heal());
    });
    this.#every('callerFreezeEveryUs', (chance) => {
      const caller = someone(chance);
      if (caller?.state !== 'running') return;
      sightings.seen('caller frozen');
      caller.state = 'frozen';
      this.#later(chance.between(1e6, 60e6), () => agenda.thaw(caller));
    });
  }

  #every(kind: NodeFaultKind, strike: (chance: Chance) => void): void {
    const meanUs = this.#options.plan[kind];
    if (meanUs === 0) return;
    const chance = Chance.of(this.#options.seed, `trouble ${kind}`);
    const strikeLater = (): void =>
      this.#later(chance.between(0, 2 * meanUs), () => {
        if (!this.on) return;
        this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
        strike(chance);
        strikeLater();
      });
    strikeLater();
  }

  #later(delayUs: number, happen: () => void): void {
    this.#options.agenda.after(delayUs, null, happen);
  }
}
