// The frames that wait to be sent: groups of transitions, encoded as they arrive.
//
// F1. The transitions of a group are in one frame, in order; groups keep the order in which they were appended.
// F2. A frame is full at 64 KiB and never above 512 KiB or 512 transitions, unless it holds one group alone (W2).

import { assert } from '@perdure/kernel';
import { ByteWriter } from './byte-writer.ts';
import { type PendingTransition, writeTransition } from './records.ts';

/** Transitions that are durable together or not at all. The writer keeps the group and hands it back with its frame. */
export interface TransitionGroup {
  readonly transitions: readonly PendingTransition[];
}

export interface FrameBounds {
  /** A frame that holds this much takes no further group. */
  readonly fullBytes: number;
  /** A frame of more than one group is not larger than this. */
  readonly frameBytesMax: number;
  readonly frameTransitionsMax: number;
  /** A group above this is refused: what the log takes as one record, less the head. */
  readonly groupBytesMax: number;
}

/** Upper bound of what a record has besides transitions, with a nonce of at most 64 characters. */
const headBytesMax = 256;

/** The bounds of W2 on a log that takes records of up to `recordBytesMax`. */
export function frameBoundsFor(recordBytesMax: number): FrameBounds {
  const groupBytesMax = recordBytesMax - headBytesMax;
  return {
    fullBytes: 64 * 1024,
    frameBytesMax: Math.min(512 * 1024, groupBytesMax),
    frameTransitionsMax: 512,
    groupBytesMax,
  };
}

/** A group is too large to ever be appended. Nothing has changed; the request that made it is to be refused. */
export class GroupTooLarge extends Error {
  override readonly name = 'GroupTooLarge';
  constructor(bytes: number, bytesMax: number) {
    super(`a step of ${bytes} bytes does not fit into one log record: at most ${bytesMax} bytes`);
  }
}

export interface WaitingFrame<G> {
  readonly content: ByteWriter;
  readonly groups: G[];
  transitions: number;
}

export class FrameQueue<G extends TransitionGroup> {
  /** The open frame last. */
  readonly #frames: WaitingFrame<G>[] = [];
  readonly #bounds: FrameBounds;
  /** A content to use again. */
  #spare: ByteWriter | null = null;

  constructor(bounds: FrameBounds) {
    this.#bounds = bounds;
  }

  get length(): number {
    return this.#frames.length;
  }

  /** Puts the group into the open frame, or into a new one; its size in bytes. A throw has changed nothing. */
  append(group: G): number {
    const count = group.transitions.length;
    assert(count > 0, 'a group has a transition');
    const open = this.#frames.at(-1);
    let frame = open !== undefined && this.#takes(open, count) ? open : this.emptyFrame();
    const before = frame.content.length;
    const bytes = this.#encode(frame.content, group.transitions);
    if (before > 0 && frame.content.length > this.#bounds.frameBytesMax) {
      const moved = frame.content.written(before);
      frame.content.length = before;
      frame = this.emptyFrame();
      frame.content.raw(moved);
    }
    if (frame.groups.length === 0) this.#frames.push(frame);
    frame.groups.push(group);
    frame.transitions += count;
    return bytes;
  }

  /** A step that cannot be encoded leaves no trace among those of other runs. */
  #encode(content: ByteWriter, transitions: readonly PendingTransition[]): number {
    const before = content.length;
    try {
      for (const transition of transitions) writeTransition(content, transition);
      const bytes = content.length - before;
      if (bytes > this.#bounds.groupBytesMax)
        throw new GroupTooLarge(bytes, this.#bounds.groupBytesMax);
      return bytes;
    } catch (fault) {
      content.length = before;
      throw fault;
    }
  }

  #takes(frame: WaitingFrame<G>, transitions: number): boolean {
    const { fullBytes, frameTransitionsMax } = this.#bounds;
    return (
      frame.content.length < fullBytes && frame.transitions + transitions <= frameTransitionsMax
    );
  }

  emptyFrame(): WaitingFrame<G> {
    const content = this.#spare ?? new ByteWriter(4096);
    this.#spare = null;
    return { content, groups: [], transitions: 0 };
  }

  take(): WaitingFrame<G> | undefined {
    return this.#frames.shift();
  }

  /** Takes back the content of a frame that was copied out, unless a large group made it unusually large. */
  recycle(content: ByteWriter): void {
    if (content.bytes.length > this.#bounds.frameBytesMax) return;
    content.length = 0;
    this.#spare = content;
  }
}
