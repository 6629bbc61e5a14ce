// What the one process of an index knows of its LogPartitions without a read: how far each is written, its generations, and
// what was removed (V2, V4, V5 of the port). It is right because writes take effect in the order of their calls.

import { RemovedRuns, StorageFault, type VisibilityBatch } from '@perdure/ports';

export interface FeedState {
  readonly logPartition: number;
  /** -1: none. */
  position: number;
  /** The newest generation that was begun, and the newest that has ended. */
  begun: number;
  ended: number;
}

export class Feeds {
  readonly removed: RemovedRuns = new RemovedRuns();
  readonly #states: Map<number, FeedState> = new Map();

  constructor(stored: readonly FeedState[]) {
    for (const state of stored) this.#states.set(state.logPartition, state);
  }

  of(logPartition: number): FeedState {
    const known = this.#states.get(logPartition);
    if (known !== undefined) return known;
    const state = { logPartition, position: -1, begun: 0, ended: 0 };
    this.#states.set(logPartition, state);
    return state;
  }

  /** Throws for a batch that knows of more than the file holds (V4). */
  check({ logPartition, cursor }: VisibilityBatch): void {
    const { position } = this.of(logPartition);
    if (cursor === null || cursor.known <= position) return;
    throw new StorageFault(
      'mismatch',
      `the visibility index holds LogPartition ${logPartition} to ${position}, its writer knows of ${cursor.known}; start the server again, which builds the index anew`,
    );
  }

  written({ logPartition, removed, cursor }: VisibilityBatch): void {
    this.removed.add(removed);
    const state = this.of(logPartition);
    if (cursor !== null) state.position = Math.max(state.position, cursor.offset);
  }
}
