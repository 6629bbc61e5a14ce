// The links between the nodes of a simulated cluster (the rules P1-P5 of the port).
//
// K1. A process that ends, a cut, and a silence that is too long lose the links concerned. Each end hears of it after a while
//     of its own: soon when the other process ended, later when it is silent.
// K2. No message of a new link arrives before both ends have heard of the loss of the one before it.
// K3. A frozen process hears nothing and says nothing; its links are lost when it stays frozen for long.

import type { Agenda, AgendaEntry, Host } from '../agenda.ts';
import type { Chance } from '../chance.ts';
import type { HostClock } from '../host-clock.ts';
import { Link, type LinkEnd, type LinkFaults } from './link.ts';
import { PeerPort } from './peer-port.ts';

/** A process that stays frozen for longer loses its links, µs. */
const silenceUs = [3e6, 8e6] as const;

export interface LinksOptions {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly onLost: () => void;
}

export class Links {
  readonly faults: LinkFaults = { delayed: 0 };
  readonly #options: LinksOptions;
  /** Processes that live, in the order of their beginning. */
  readonly #ports: PeerPort[] = [];
  readonly #links = new Set<Link>();
  /** Pairs of nodes that cannot reach each other, as `a|b`. */
  readonly #cuts = new Set<string>();
  readonly #frozen = new Map<Host, AgendaEntry>();

  constructor(options: LinksOptions) {
    this.#options = options;
  }

  /** The links as a process of that node sees them. */
  portFor(host: Host, name: string, clock: HostClock): PeerPort {
    const { agenda } = this.#options;
    const port = new PeerPort({
      agenda,
      host,
      name,
      clock,
      linkTo: (node) => this.#linkTo(port, node),
    });
    this.#ports.push(port);
    return port;
  }

  /** K1: the process is no more. */
  ended(host: Host): void {
    const at = this.#ports.findIndex((port) => port.host === host);
    if (at >= 0) this.#ports.splice(at, 1);
    this.#thawed(host);
    this.#loseAll((link) => link.ends.some((end) => end.host === host), [100, 50_000]);
  }

  cut(one: string, other: string): void {
    this.#cuts.add(pairOf(one, other));
    const between = (link: Link): boolean =>
      pairOf(link.ends[0].name, link.ends[1].name) === pairOf(one, other);
    this.#loseAll(between, [1_000, 2e6]);
  }

  heal(): void {
    this.#cuts.clear();
  }

  frozen(host: Host): void {
    const { agenda, chance } = this.#options;
    const entry = agenda.after(chance.between(...silenceUs), null, () => {
      this.#frozen.delete(host);
      this.#loseAll((link) => link.ends.some((end) => end.host === host), [100, 500_000]);
    });
    this.#frozen.set(host, entry);
  }

  thawed(host: Host): void {
    this.#thawed(host);
  }

  #thawed(host: Host): void {
    const entry = this.#frozen.get(host);
    if (entry !== undefined) this.#options.agenda.cancel(entry);
    this.#frozen.delete(host);
  }

  /** The link to that node, a new one if there can be; null: not now. */
  #linkTo(from: PeerPort, node: string): Link | null {
    for (const link of this.#links) {
      if (link.ends.includes(from) && link.over(from).name === node) return link.lost ? null : link;
    }
    // Two processes may bear one name: nobody knows which of them is reached.
    const there = this.#ports.filter((port) => port.name === node && port !== from);
    if (there.length === 0 || this.#cuts.has(pairOf(from.name, node))) return null;
    const { agenda, chance } = this.#options;
    const to = there.length === 1 ? (there[0] as PeerPort) : chance.pick(there);
    if (to.host.state !== 'running') return null;
    for (const link of this.#links) {
      if (link.ends.includes(from) && link.ends.includes(to)) return null;
    }
    const link = new Link(agenda, [from, to], () => this.#wayUs());
    this.#links.add(link);
    return link;
  }

  #loseAll(concerns: (link: Link) => boolean, afterUs: readonly [number, number]): void {
    for (const link of this.#links) if (!link.lost && concerns(link)) this.#lose(link, afterUs);
  }

  #lose(link: Link, [low, high]: readonly [number, number]): void {
    const { agenda, chance, onLost } = this.#options;
    link.lost = true;
    onLost();
    for (const end of link.ends) {
      if (end.host.state === 'dead') continue;
      link.untold.add(end);
      agenda.after(chance.between(low, high), end.host, () => {
        (end as PeerPort).lost(link);
        this.#told(link, end);
      });
    }
    this.#told(link, null);
  }

  /** K2. A dead end need not be told. */
  #told(link: Link, end: LinkEnd | null): void {
    if (end !== null) link.untold.delete(end);
    for (const left of link.untold) if (left.host.state === 'dead') link.untold.delete(left);
    if (link.untold.size === 0) this.#links.delete(link);
  }

  #wayUs(): number {
    const { chance } = this.#options;
    const usual = chance.between(50, 400);
    return chance.happens(this.faults.delayed) ? usual * chance.between(10, 3_000) : usual;
  }
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one}|${other}` : `${other}|${one}`;
}
