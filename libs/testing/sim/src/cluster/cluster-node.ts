// One node of the simulated cluster with the production services on it: started, killed, frozen, leaving in order.

import { embeddedLayer, LayeredConfig, layerOf } from '@perdure/core-dynamic-config';
import type { PublicMethod } from '@perdure/frontend';
import type { OpenedHistory } from '@perdure/history';
import { Metrics, StorageFault } from '@perdure/ports';
import { type NodeServices, openNodeServices } from '@perdure/server/node-services';
import { IndexedValueType } from '@perdure/wire';
import { type Agenda, Host } from '../agenda.ts';
import { Chance } from '../chance.ts';
import { drawSettings } from '../drawn-settings.ts';
import { HostClock, WallClock } from '../host-clock.ts';
import type { Entrance } from '../network.ts';
import { serverLines } from '../server-lines.ts';
import type { Sightings, StateName } from '../sightings.ts';
import type { Trace } from '../trace.ts';
import type { Backends } from './backends.ts';
import type { ClusterStateName } from './cluster-states.ts';
import type { Links } from './links.ts';
import type { MessageWatch } from './message-watch.ts';
import type { NodeStateName } from './node-states.ts';
import { NodeWatch } from './node-watch.ts';
import type { OfferWatch } from './offer-watch.ts';
import type { ProcessLives } from './process-lives.ts';

export type AnyStateName = StateName | ClusterStateName | NodeStateName;

export interface ClusterNodeOptions {
  readonly agenda: Agenda;
  readonly trace: Trace;
  readonly seed: number;
  /** Its identity. */
  readonly name: string;
  /** Tells processes with one identity apart. */
  readonly place: string;
  readonly namespaces: readonly string[];
  readonly backends: Backends;
  readonly links: Links;
  readonly lives: ProcessLives;
  readonly offers: OfferWatch;
  readonly messages: MessageWatch;
  readonly logPartitions: number;
  readonly sightings: Sightings<AnyStateName>;
  /** How far off its clock is when a process begins, and how fast it goes. */
  readonly clockError: (chance: Chance) => { offsetUs: number; rate: number };
  readonly onEnd: (host: Host) => void;
  readonly onFault: (fault: string) => void;
}

export class ClusterNode implements Entrance {
  readonly name: string;
  readonly chance: Chance;
  lives = 0;
  readonly #options: ClusterNodeOptions;
  readonly #wall = new WallClock();
  #host: Host | null = null;
  #clock: HostClock | null = null;
  #services: NodeServices | null = null;
  #watch: NodeWatch | null = null;
  #methods = new Map<string, PublicMethod>();

  constructor(options: ClusterNodeOptions) {
    this.name = options.name;
    this.#options = options;
    this.chance = Chance.of(options.seed, options.place);
  }

  get host(): Host | null {
    return this.#host;
  }

  get clock(): HostClock | null {
    return this.#clock;
  }

  get services(): NodeServices | null {
    return this.#services;
  }

  /** The owner of that LogPartition, as far as it knows. */
  owned(partition: number): OpenedHistory | null {
    return this.#watch?.owned.get(partition) ?? null;
  }

  method(name: string): PublicMethod | undefined {
    return this.#services === null ? undefined : this.#methods.get(name);
  }

  /** Begins a process. Storage that fails meanwhile is tried again by a next process. */
  async start(): Promise<void> {
    const { trace, onFault, name } = this.#options;
    this.lives += 1;
    const host = new Host(`${name}/${this.lives}`);
    this.#host = host;
    trace.note(`start ${host.name}`);
    try {
      await this.#open(host);
    } catch (fault) {
      if (host.state === 'dead') return;
      trace.note(`refused: ${String(fault)}`);
      if (!isInjected(fault)) onFault(`a node does not start: ${String(fault)}`);
      this.kill();
    }
  }

  async #open(host: Host): Promise<void> {
    const { agenda, trace, seed, name, backends, links, sightings, namespaces, onFault } =
      this.#options;
    const ids = Chance.of(this.chance.below(2 ** 31), host.name);
    const clock = new HostClock(agenda, host, this.#wall, {
      error: this.#options.clockError(this.chance),
      onAhead: null,
    });
    this.#clock = clock;
    const { lives, messages, offers, logPartitions } = this.#options;
    const watch = new NodeWatch({
      process: host.name,
      trace,
      sightings,
      lives,
      offers,
      messages,
      logPartitions,
      onFault,
    });
    this.#watch = watch;
    let services: NodeServices | null = null;
    const log = backends.kafka.portFor(host, {
      nowUs: () => clock.nowUs(),
      onBrokerTime: (sample) => services?.node.brokerTime(sample),
    });
    const { cassandra, shared } = backends;
    services = await openNodeServices({
      storage: {
        log,
        store: watch.store(cassandra.portFor(host)),
        metadata: shared.portFor(host, 'metadata', backends.metadata),
        visibility: shared.portFor(host, 'visibility', backends.index),
        tokenKey: new Uint8Array(32),
        storeName: 'simulated',
      },
      self: { name, address: name, weight: 1 },
      placement: backends.placement.portFor(host),
      peers: watch.peers(links.portFor(host, name, clock)),
      clock,
      moveClock: (us) => clock.move(us),
      draw: () => ids.between(0, 1),
      config: new LayeredConfig(layerOf(drawSettings(Chance.of(seed, 'settings'))), embeddedLayer),
      namespaces,
      searchAttributes: { Tag: IndexedValueType.Keyword },
      log: serverLines(trace, onFault, isInjected),
      metrics: new Metrics(),
      tracing: null,
      owner: host.name,
      newId: () => ids.uuid(),
      events: watch.events(),
    });
    if (host.state === 'dead') return;
    this.#services = services;
    this.#methods = new Map(services.methods.map((method) => [method.name, method]));
    await services.start();
  }

  /** Ends the process at once. */
  kill(): void {
    const host = this.#host;
    if (host === null) return;
    const { trace, links, onEnd } = this.#options;
    trace.note(`end ${host.name}`);
    this.#watch?.ended();
    host.state = 'dead';
    this.#host = null;
    this.#services = null;
    this.#watch = null;
    links.ended(host);
    onEnd(host);
  }

  freeze(): void {
    if (this.#host?.state !== 'running') return;
    this.#watch?.frozen();
    this.#host.state = 'frozen';
    this.#options.links.frozen(this.#host);
  }

  thaw(): void {
    if (this.#host === null) return;
    this.#options.links.thawed(this.#host);
    this.#watch?.thawed();
    this.#options.agenda.thaw(this.#host);
  }

  /** Leaves the cluster, then ends. */
  async leave(): Promise<void> {
    const host = this.#host;
    await this.#services?.stop();
    if (this.#host === host) this.kill();
  }
}

/** What the world itself did: the shared storage could not be used. */
function isInjected(fault: unknown): boolean {
  const made = fault instanceof StorageFault && (fault.kind === 'io' || fault.kind === 'away');
  return made || (fault instanceof Error && fault.message.includes('simulated'));
}
