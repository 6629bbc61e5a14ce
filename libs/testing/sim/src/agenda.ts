// What happens next in a simulated world: callbacks by virtual time, and in the order asked for at the same time.
//
// G1. Nothing moves but by an entry of the agenda; between two entries all promises settle. So one seed is one order.
// G2. An entry belongs to a host, or to the world itself (null). A dead host's entries never happen; a frozen host's wait
//     until it thaws, then come in their old order.

import { type HeapItem, heapPush, heapRemove, newHeap } from '@perdure/core-matching';

/** One life of a process, or of anything else that can stop. */
export class Host {
  readonly name: string;
  state: 'running' | 'frozen' | 'dead' = 'running';
  /** Entries that came due while it was frozen. */
  readonly held: AgendaEntry[] = [];

  constructor(name: string) {
    this.name = name;
  }
}

export interface AgendaEntry extends HeapItem {
  readonly timeUs: number;
  readonly order: number;
  readonly host: Host | null;
  readonly happen: () => void;
}

/** Lets all promises settle. The one real macrotask of a simulation, kept before the globals are taken away. */
const settle: () => Promise<void> = (
  (immediate) => () =>
    new Promise<void>((resolve) => {
      immediate(resolve);
    })
)(setImmediate);

export class Agenda {
  nowUs: number;
  /** Entries that happened. */
  steps = 0;
  readonly #heap = newHeap<AgendaEntry>(
    (a, b) => a.timeUs < b.timeUs || (a.timeUs === b.timeUs && a.order < b.order),
  );
  #asked = 0;

  constructor(startUs: number) {
    this.nowUs = startUs;
  }

  /** Calls back `delayUs` from now. */
  after(delayUs: number, host: Host | null, happen: () => void): AgendaEntry {
    const timeUs = this.nowUs + Math.max(0, delayUs);
    const entry = { timeUs, order: this.#asked++, host, happen, heapIndex: -1 };
    heapPush(this.#heap, entry);
    return entry;
  }

  cancel(entry: AgendaEntry): void {
    heapRemove(this.#heap, entry);
    const held = entry.host?.held ?? [];
    const at = held.indexOf(entry);
    if (at >= 0) held.splice(at, 1);
  }

  /** Everything that a frozen host missed happens from now on. */
  thaw(host: Host): void {
    if (host.state !== 'frozen') return;
    host.state = 'running';
    for (const { happen } of host.held.splice(0)) this.after(0, host, happen);
  }

  /** Lets the world go on to that time, or until the condition holds. */
  async runUntil(timeUs: number, ended: () => boolean = () => false): Promise<void> {
    await settle();
    while (!ended()) {
      const next = this.#heap.items[0];
      if (next === undefined || next.timeUs > timeUs) break;
      heapRemove(this.#heap, next);
      this.nowUs = next.timeUs;
      if (next.host?.state === 'dead') continue;
      if (next.host?.state === 'frozen') {
        next.host.held.push(next);
        continue;
      }
      this.steps += 1;
      next.happen();
      await settle();
    }
    if (!ended()) this.nowUs = Math.max(this.nowUs, timeUs);
  }
}
