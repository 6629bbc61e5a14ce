// The contents of one file on a disk that may lose power: what programs see, and what the disk surely has.
//
// 1. Sectors of 512 bytes are written whole or not at all; between syncs, in any order.
// 2. A sync that failed leaves its sectors unwritten and forgets that they were to be written, as Linux does: a later
//    sync of the same file succeeds without them.

import type { Random } from './seeded-random.ts';
import { randomBelow } from './seeded-random.ts';

const sectorBytes = 512;

export class VolatileContent {
  #seen: Uint8Array = new Uint8Array(sectorBytes);
  #seenSize = 0;
  #durable: Uint8Array = new Uint8Array(0);
  /** Sectors changed since the last sync. */
  readonly #dirty = new Set<number>();

  get size(): number {
    return this.#seenSize;
  }

  read(position: number, length: number): Uint8Array {
    return this.#seen.slice(position, Math.max(position, Math.min(position + length, this.size)));
  }

  write(position: number, bytes: Uint8Array): void {
    const end = position + bytes.length;
    this.#reserve(end);
    this.#seen.set(bytes, position);
    this.#touch(Math.min(position, this.#seenSize), end);
    this.#seenSize = Math.max(this.#seenSize, end);
  }

  truncate(length: number): void {
    this.#reserve(length);
    this.#seen.fill(0, Math.min(length, this.#seenSize));
    this.#touch(Math.min(length, this.#seenSize), Math.max(length, this.#seenSize));
    this.#seenSize = length;
  }

  sync(): void {
    const size = this.#seenSize;
    if (this.#durable.length === size) this.#apply(this.#durable, () => true);
    else this.#durable = this.#mixed(size, () => true);
    this.#dirty.clear();
  }

  failSync(): void {
    this.#dirty.clear();
  }

  flipBit(position: number, bit: number): void {
    for (const bytes of [this.#seen, this.#durable]) {
      if (position < bytes.length) bytes[position] = (bytes[position] ?? 0) ^ (1 << bit);
    }
  }

  /**
   * What is found after the power came back: nothing, all or some of what was not synced. `torn`: also what was written
   * up to some byte, and nothing behind it.
   */
  afterPowerLoss(random: Random, torn = false): VolatileContent {
    const mode = randomBelow(random, torn ? 6 : 3);
    const found = new VolatileContent();
    if (mode === 0) found.write(0, this.#durable);
    else if (mode >= 3) found.write(0, this.#upTo(this.#someByte(random)));
    else if (mode === 1)
      found.write(
        0,
        this.#mixed(this.#seenSize, () => true),
      );
    else
      found.write(
        0,
        this.#mixed(this.#someSize(random), () => random() < 0.5),
      );
    found.sync();
    return found;
  }

  /** The durable contents with those changed sectors that `kept` picks, at the given size. */
  #mixed(size: number, kept: (sector: number) => boolean): Uint8Array {
    const bytes = new Uint8Array(size);
    bytes.set(this.#durable.subarray(0, size));
    this.#apply(bytes, kept);
    return bytes;
  }

  /** Puts those changed sectors that `kept` picks into the bytes, as far as they reach. */
  #apply(bytes: Uint8Array, kept: (sector: number) => boolean): void {
    const size = bytes.length;
    for (const sector of this.#dirty) {
      const start = sector * sectorBytes;
      if (start >= size || !kept(sector)) continue;
      const end = Math.min(start + sectorBytes, size);
      bytes.fill(0, start, end);
      bytes.set(this.#seen.subarray(start, Math.min(end, this.#seenSize)), start);
    }
  }

  /** Somewhere in what changed since the last sync. */
  #someByte(random: Random): number {
    const sectors = [...this.#dirty].map((sector) => sector * sectorBytes);
    const from = Math.min(this.#seenSize, ...sectors);
    const to = Math.min(this.#seenSize, Math.max(0, ...sectors) + sectorBytes);
    return from + randomBelow(random, Math.max(0, to - from) + 1);
  }

  /** The changes up to that byte. */
  #upTo(end: number): Uint8Array {
    const bytes = this.#mixed(this.#seenSize, (sector) => sector * sectorBytes < end);
    const sector = Math.floor(end / sectorBytes) * sectorBytes;
    const stop = Math.min(sector + sectorBytes, bytes.length);
    for (let at = end; at < stop; at++) bytes[at] = this.#durable[at] ?? 0;
    return bytes;
  }

  #someSize(random: Random): number {
    const low = Math.min(this.#durable.length, this.#seenSize);
    const high = Math.max(this.#durable.length, this.#seenSize);
    const sizes = [low, high, low + randomBelow(random, high - low + 1)];
    return sizes[randomBelow(random, sizes.length)] ?? high;
  }

  #touch(start: number, end: number): void {
    const last = Math.ceil(end / sectorBytes);
    for (let sector = Math.floor(start / sectorBytes); sector < last; sector++) {
      this.#dirty.add(sector);
    }
  }

  #reserve(length: number): void {
    if (length <= this.#seen.length) return;
    const larger = new Uint8Array(Math.max(length, this.#seen.length * 2));
    larger.set(this.#seen.subarray(0, this.#seenSize));
    this.#seen = larger;
  }
}
