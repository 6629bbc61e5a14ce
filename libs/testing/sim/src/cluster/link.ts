// One link between two processes of a simulated cluster: what goes in at one end comes out at the other, in order, after a
// while, until it is lost.

import { type Agenda, type Host } from '../agenda.ts';

/** A process as the end of links. */
export interface LinkEnd {
  readonly host: Host;
  /** Name of its node. */
  readonly name: string;
}

interface Direction {
  /** Nothing arrives earlier, so that nothing overtakes. */
  lastUs: number;
}

export interface LinkFaults {
  /** Share of messages that take long, and all behind them. */
  delayed: number;
}

export class Link {
  readonly ends: readonly [LinkEnd, LinkEnd];
  lost = false;
  /** Ends that have not heard yet that it is lost. */
  readonly untold = new Set<LinkEnd>();
  readonly #agenda: Agenda;
  readonly #wayUs: () => number;
  readonly #directions: readonly [Direction, Direction] = [{ lastUs: 0 }, { lastUs: 0 }];

  constructor(agenda: Agenda, ends: readonly [LinkEnd, LinkEnd], wayUs: () => number) {
    this.#agenda = agenda;
    this.ends = ends;
    this.#wayUs = wayUs;
  }

  /** The other end. */
  over(from: LinkEnd): LinkEnd {
    return this.ends[0] === from ? this.ends[1] : this.ends[0];
  }

  /** Lets it arrive at the other end, unless the link is lost before. */
  carry(from: LinkEnd, arrive: () => void): void {
    const direction = this.#directions[this.ends[0] === from ? 0 : 1];
    const atUs = Math.max(direction.lastUs, this.#agenda.nowUs + this.#wayUs());
    direction.lastUs = atUs;
    const { host } = this.over(from);
    this.#agenda.after(atUs - this.#agenda.nowUs, host, () => {
      if (!this.lost) arrive();
    });
  }
}
