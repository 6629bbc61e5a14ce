// Which frames are wholly in the store (L8): the checkpoint is the last frame before the first one that is not.
//
// A1. A frame counts as applied when every transition in it is in the store; `applied` never passes one that is not.

import type { FramePosition } from '@perdure/core-log';
import { assert } from '@perdure/kernel';

/** A durable frame with transitions that the store lacks. */
export interface OpenFrame {
  readonly position: FramePosition;
  missing: number;
}

export class FrameLedger {
  /** In log order. */
  #frames: OpenFrame[] = [];
  #first = 0;
  #applied: FramePosition | null;
  #missing = 0;

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

  /** One more durable transition, of the frame at that position. Called in log order. */
  durable(position: FramePosition): OpenFrame {
    const last = this.#frames.at(-1);
    this.#missing += 1;
    if (last !== undefined && this.#frames.length > this.#first && last.position.offset === position.offset) {
      last.missing += 1;
      return last;
    }
    const frame: OpenFrame = { position, missing: 1 };
    this.#frames.push(frame);
    return frame;
  }

  /** A transition of that frame is in the store. */
  stored(frame: OpenFrame): void {
    assert(frame.missing > 0, 'A1: a transition is stored once');
    frame.missing -= 1;
    this.#missing -= 1;
    while (this.#first < this.#frames.length) {
      const head = this.#frames[this.#first] as OpenFrame;
      if (head.missing > 0) break;
      this.#applied = head.position;
      this.#first += 1;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#first);
      this.#first = 0;
    }
  }
}
