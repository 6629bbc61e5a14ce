// Which frames are wholly in the store (L8): the checkpoint is the last frame before the first one that is not.
//
// A1. A frame counts as applied when every transition in it is in the store; `applied` never passes one that is not.
// A2. A frame is whole when the transition that bears its clock has been named: before that more of it may come, and even
//     if the store has all that came, the frame does not count.

import type { FramePosition } from '@perdure/core-log';
import { assert } from '@perdure/kernel';

/** A durable frame with transitions that the store lacks. */
export interface OpenFrame {
  readonly position: FramePosition;
  missing: number;
  /** More transitions of it are to be named. */
  partial: boolean;
}

/** So many empty frames at least between two of them that move the checkpoint. */
const emptyFrames = 256;

export class FrameLedger {
  /** In log order, from the first that `applied` has not passed. */
  readonly #frames: OpenFrame[] = [];
  #applied: FramePosition | null;
  #missing = 0;
  #empty = 0;

  constructor(applied: FramePosition | null) {
    this.#applied = applied;
  }

  /** The newest frame up to which, itself included, everything is in the store. */
  get applied(): FramePosition | null {
    return this.#applied;
  }

  /** Durable transitions that the store lacks (W9). */
  get missing(): number {
    return this.#missing;
  }

  /** One more durable transition, by its clock, of the frame at that position. Called in log order, for each of them. */
  durable(position: FramePosition, clock: number): OpenFrame {
    const last = this.#frames.at(-1);
    const partial = clock < position.clock;
    this.#missing += 1;
    if (last?.position.offset === position.offset) {
      last.missing += 1;
      last.partial = partial;
      return last;
    }
    assert(
      last?.partial !== true,
      'A2: every transition of a frame is named before the next frame',
    );
    const frame = { position, missing: 1, partial };
    this.#frames.push(frame);
    return frame;
  }

  /**
   * An empty frame is durable: everything before it that there is to store is named. So that a log which holds little else
   * gets shorter too, some of them move the checkpoint when nothing is missing.
   */
  empty(position: FramePosition): void {
    this.#empty += 1;
    if (this.#frames.length > 0 || this.#empty < emptyFrames) return;
    this.#empty = 0;
    this.#applied = position;
  }

  /** A transition of that frame is in the store. */
  stored(frame: OpenFrame): void {
    assert(frame.missing > 0, 'A1: a transition is stored once');
    frame.missing -= 1;
    this.#missing -= 1;
    for (let head = this.#frames[0]; head !== undefined; head = this.#frames[0]) {
      if (head.missing > 0 || head.partial) break;
      this.#applied = head.position;
      this.#frames.shift();
    }
  }
}
