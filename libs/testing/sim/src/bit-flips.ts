// Bits that change by themselves in the files of a log (L11).
//
// B1. In what nobody was told to be durable, they make a torn tail: the server cuts it off and starts.
// B2. Below the highest position that a record names as synced they are corruption: the server names the place and does
//     not start, and nothing is changed by that. Here the operator then brings back what was there.
// B3. The records of the very last append are named by nobody yet. A bit that changes there looks like a torn write, and
//     no log of this form can tell: that is left out.

import { inspectLog } from '@perdure/log-local';
import type { LogExtent } from '@perdure/ports';
import type { VolatileDirectory } from '@perdure/testing/volatile-directory';
import type { Chance } from './chance.ts';

interface Flip {
  readonly name: string;
  readonly at: number;
  readonly bit: number;
}

interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export class BitFlips {
  #flipped: Flip | null = null;
  /** The end of what was acknowledged. */
  #end: Span | null = null;

  /** Everything in there is durable. */
  acknowledged({ segments }: LogExtent): void {
    const last = segments.at(-1);
    if (last !== undefined) this.#end = { name: last.name, from: 0, to: last.recordBytes };
  }

  /** B1. False when there is no such place. */
  flipTail(directory: VolatileDirectory, chance: Chance): boolean {
    const end = this.#end;
    if (end === null) return false;
    const spans = sizes(directory).flatMap(({ name, to }): Span[] =>
      name < end.name ? [] : [{ name, from: name === end.name ? end.to : 0, to }],
    );
    const span = spans.filter(({ from, to }) => from < to)[0];
    if (span === undefined) return false;
    // Most of it is zeros that nobody will ever look at; the next record would begin right here.
    const length = chance.happens(0.7) ? Math.min(300, span.to - span.from) : span.to - span.from;
    directory.flipBit(span.name, span.from + chance.below(length), chance.below(8));
    return true;
  }

  /** B2. False when there is no such place, or one that was flipped before is still there. */
  flipRecord(directory: VolatileDirectory, chance: Chance): boolean {
    const synced = syncedEnd(directory);
    const spans = sizes(directory).flatMap(({ name, to }): Span[] => {
      const end = Math.min(to, synced - baseOf(name));
      return end > 0 ? [{ name, from: 0, to: end }] : [];
    });
    if (spans.length === 0 || this.#flipped !== null) return false;
    const { name, to } = chance.pick(spans);
    this.#flipped = { name, at: chance.below(to), bit: chance.below(8) };
    directory.flipBit(name, this.#flipped.at, this.#flipped.bit);
    return true;
  }

  /** The server started: what had changed did not matter, and never will. */
  harmless(): void {
    this.#flipped = null;
  }

  /** Brings back what was there. False when nothing had changed. */
  undo(directory: VolatileDirectory): boolean {
    const flip = this.#flipped;
    this.#flipped = null;
    if (flip === null) return false;
    if (sizes(directory).some(({ name, to }) => name === flip.name && flip.at < to)) {
      directory.flipBit(flip.name, flip.at, flip.bit);
    }
    return true;
  }
}

function sizes(directory: VolatileDirectory): { readonly name: string; readonly to: number }[] {
  return [...directory.files()]
    .map(([name, bytes]) => ({ name, to: bytes.length }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A segment is named by the log position of its first byte. */
function baseOf(name: string): number {
  return Number.parseInt(name, 10);
}

function syncedEnd(directory: VolatileDirectory): number {
  const found = inspectLog(directory);
  try {
    return found.synced;
  } finally {
    found.close();
  }
}
