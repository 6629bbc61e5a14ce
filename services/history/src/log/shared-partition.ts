// A LogPartition that other nodes read and write too, as one owner of it sees it.

import type { Reclaim } from '@perdure/core-log';
import type { Clock, LogPartition } from '@perdure/ports';
import type { Group } from './group.ts';
import { readRange } from './read-range.ts';

export interface SharedPartitionOptions {
  readonly partition: LogPartition;
  readonly logPartition: number;
  readonly clock: Clock;
  /** The name of this node, for people who read the log. */
  readonly owner: string;
  /** Of the assignment that named this node. */
  readonly generation: number;
  readonly newNonce: () => string;
  /** Another owner announced itself: this one is a zombie (L5). */
  readonly onFenced: (epoch: number) => void;
  /** For counting: an append ended without an outcome; it has one now. */
  readonly onUnknown: (fault: unknown) => void;
  readonly onSettled: (reclaim: Reclaim<Group>) => void;
}

export class SharedPartition {
  readonly options: SharedPartitionOptions;
  #lastTried: number;
  readonly #onTried: (epoch: number) => void;

  constructor(
    options: SharedPartitionOptions,
    tried: { readonly lastTried: number; readonly onTried: (epoch: number) => void },
  ) {
    this.options = options;
    this.#lastTried = tried.lastTried;
    this.#onTried = tried.onTried;
  }

  /** Highest epoch that this process ever announced here, or tried to (L4). */
  get lastTried(): number {
    return this.#lastTried;
  }

  tries(epoch: number): void {
    this.#lastTried = epoch;
    this.#onTried(epoch);
  }

  get logPartition(): number {
    return this.options.logPartition;
  }

  onFenced(epoch: number): void {
    this.options.onFenced(epoch);
  }

  onUnknown(fault: unknown): void {
    this.options.onUnknown(fault);
  }

  onSettled(reclaim: Reclaim<Group>): void {
    this.options.onSettled(reclaim);
  }

  /** The records from one offset up to another (exclusive), all of them. */
  async readAll(fromOffset: number, toOffset: number): Promise<Uint8Array[]> {
    const records: Uint8Array[] = [];
    await readRange(this.options.partition, fromOffset, toOffset, ({ bytes }) => {
      records.push(bytes);
    });
    return records;
  }

  pause(us: number): Promise<void> {
    return new Promise((resolve) => {
      this.options.clock.after(us, resolve);
    });
  }
}
