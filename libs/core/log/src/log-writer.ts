// The writer of one LogPartition under one epoch: waiting frames into records, acknowledgements into positions.
//
// F3. One frame in flight: the next is sealed only after the one before it was acknowledged (W2).
// F4. A frame counts as durable only where it was expected, or higher with only void records between (L5).
// F5. A number is used once. When it cannot be known whether a frame landed, the epoch is over: what is before the next
//     Announce of this owner counts, the frame or nothing, and what did not land is sealed anew under that epoch (L6).

import { assert } from '@perdure/kernel';
import type { FramePosition } from './checkpoint.ts';
import { lastClockOf, nextFrameClock } from './frame-clock.ts';
import {
  type FrameBounds,
  FrameQueue,
  type TransitionGroup,
  type WaitingFrame,
} from './frame-queue.ts';
import { LogRuleBroken } from './log-fault.ts';
import { judgeRecord, type ReaderState } from './log-reader.ts';
import { judgeReclaim, type OwnRecords, type Reclaim } from './reclaim.ts';
import { decodeRecord, encodeFrame } from './records.ts';

/** A frame in flight. */
export interface SealedFrame<G> {
  readonly record: Uint8Array;
  /** Its transitions, as they stand in the record. */
  readonly content: Uint8Array;
  readonly number: number;
  /** Which frame of this writer it is, from 1; one that is sealed anew keeps it. */
  readonly ordinal: number;
  /** Clock of its first transition. */
  readonly clock: number;
  readonly transitions: number;
  /** Size of its transitions. */
  readonly bytes: number;
  readonly groups: readonly G[];
}

export type Landing<G> =
  | { readonly kind: 'durable'; readonly frame: SealedFrame<G>; readonly position: FramePosition }
  /** Others wrote before it: read the records from `fromOffset` up to `toOffset` (exclusive) and ask again with them. */
  | { readonly kind: 'unsettled'; readonly fromOffset: number; readonly toOffset: number }
  /** A higher epoch was announced before it: this writer is a zombie and the frame is void. */
  | { readonly kind: 'fenced'; readonly epoch: number }
  | { readonly kind: 'broken'; readonly fault: LogRuleBroken };

export class LogWriter<G extends TransitionGroup> {
  readonly #queue: FrameQueue<G>;
  #inFlight: SealedFrame<G> | null = null;
  /** Did not land under the epoch before; goes first under this one. */
  #again: SealedFrame<G> | null = null;
  /** Rule state after the last acknowledged frame, and the offset at which the next is expected. */
  #state: ReaderState;
  #nextOffset: number;
  #sealed = 0;
  #unacknowledgedBytes = 0;
  #unacknowledgedTransitions = 0;

  /** `state` is the rule state right after the Announce of this epoch, which stands at `announceOffset`. */
  constructor(state: ReaderState, announceOffset: number, bounds: FrameBounds) {
    assert(state.epoch > 0 && state.nextNumber === 1, 'a writer begins with its Announce (L4)');
    this.#queue = new FrameQueue(bounds);
    this.#state = state;
    this.#nextOffset = announceOffset + 1;
  }

  get inFlight(): SealedFrame<G> | null {
    return this.#inFlight;
  }

  /** Where the next frame is expected. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  get epoch(): number {
    return this.#state.epoch;
  }

  /** How many frames wait. When there are two, the first takes no further group. */
  get waitingFrames(): number {
    return this.#queue.length + (this.#again === null ? 0 : 1);
  }

  /** Ordinal of the frame that was sealed last, 0 before the first. */
  get sealedOrdinal(): number {
    return this.#sealed;
  }

  /** Ordinal of the last frame that is durable, 0 before the first. */
  get durableOrdinal(): number {
    return this.#sealed - (this.#inFlight === null ? 0 : 1);
  }

  /** Ordinal of the frame that the group appended last is in; `durableOrdinal` when nothing is under way. */
  get headOrdinal(): number {
    return this.#sealed + this.waitingFrames;
  }

  /** Clock of the last acknowledged transition, or of what was replayed before the first (L3). */
  get durableClock(): number {
    return this.#state.clock;
  }

  get unacknowledgedBytes(): number {
    return this.#unacknowledgedBytes;
  }

  get unacknowledgedTransitions(): number {
    return this.#unacknowledgedTransitions;
  }

  /** Puts the group into the open frame. Throws GroupTooLarge, having changed nothing. */
  append(group: G): void {
    this.#unacknowledgedBytes += this.#queue.append(group);
    this.#unacknowledgedTransitions += group.transitions.length;
  }

  /** The next frame to append to the log; null when nothing waits. Not while one is in flight (F3). */
  seal(nowUs: number): SealedFrame<G> | null {
    assert(this.#inFlight === null, 'one frame in flight (W2)');
    if (this.#again !== null) return this.#sealAgain(this.#again, nowUs);
    const frame = this.#queue.take();
    return frame === undefined ? null : this.#seal(frame, nowUs);
  }

  /** The next frame, an empty one when nothing waits: its acknowledgement proves that this owner still owns (W4). */
  sealBarrier(nowUs: number): SealedFrame<G> {
    return this.seal(nowUs) ?? this.#seal(this.#queue.emptyFrame(), nowUs);
  }

  #seal({ content, groups, transitions }: WaitingFrame<G>, nowUs: number): SealedFrame<G> {
    const bytes = content.length;
    const frame = this.#send(content.written(), { groups, transitions, bytes }, nowUs);
    this.#queue.recycle(content);
    return frame;
  }

  #sealAgain(frame: SealedFrame<G>, nowUs: number): SealedFrame<G> {
    this.#again = null;
    return this.#send(frame.content, frame, nowUs);
  }

  #send(
    written: Uint8Array,
    { groups, transitions, bytes }: Pick<SealedFrame<G>, 'groups' | 'transitions' | 'bytes'>,
    nowUs: number,
  ): SealedFrame<G> {
    const { epoch, nonce, nextNumber: number } = this.#state;
    const clock = nextFrameClock(nowUs, this.#state.clock);
    const record = encodeFrame({ epoch, nonce, number, clock }, written);
    const content = record.subarray(record.length - written.length);
    const ordinal = ++this.#sealed;
    this.#inFlight = { record, content, number, ordinal, clock, transitions, bytes, groups };
    return this.#inFlight;
  }

  /**
   * Goes on under an epoch of its own that was announced at `announceOffset`, after an append whose outcome is unknown (L6).
   * `between`: the records from `nextOffset` up to the Announce, itself included. After `fenced` and `broken` the writer
   * is not used any more; what it holds is in nobody's log and never will be.
   */
  reclaim(announceOffset: number, between: readonly Uint8Array[], own: OwnRecords): Reclaim<G> {
    const frame = this.#inFlight;
    assert(frame !== null, 'F5: an epoch ends with a frame whose outcome is unknown');
    const judged = judgeReclaim({
      state: this.#state,
      frame,
      fromOffset: this.#nextOffset,
      announceOffset,
      between,
      own,
    });
    if (judged.kind === 'broken') return judged;
    if (judged.kind === 'fenced') {
      if (judged.landed === null) return { kind: 'fenced', epoch: judged.epoch, landed: null };
      this.#forget(frame);
      return { kind: 'fenced', epoch: judged.epoch, landed: { frame, position: judged.landed } };
    }
    this.#state = judged.state;
    this.#nextOffset = announceOffset + 1;
    if (judged.landed !== null) {
      this.#forget(frame);
      return { kind: 'reclaimed', landed: { frame, position: judged.landed } };
    }
    this.#inFlight = null;
    this.#sealed -= 1;
    if (frame.transitions > 0) this.#again = frame;
    return { kind: 'reclaimed', landed: null };
  }

  /**
   * Judges where the frame in flight landed (L5). When the answer is `unsettled`, ask again with the records between;
   * after `fenced` and `broken` the writer is not used any more.
   */
  acknowledged(baseOffset: number, between: readonly Uint8Array[] = []): Landing<G> {
    const frame = this.#inFlight;
    assert(frame !== null, 'only a frame in flight is acknowledged');
    if (baseOffset < this.#nextOffset) {
      const place = `offset ${baseOffset}, where ${this.#nextOffset} was expected`;
      return broken(`frame ${frame.number} landed at ${place}: the log lost acknowledged records`);
    }
    if (baseOffset - this.#nextOffset !== between.length) {
      assert(between.length === 0, 'all records before the frame, and no others');
      return { kind: 'unsettled', fromOffset: this.#nextOffset, toOffset: baseOffset };
    }
    return this.#judgeBetween(between) ?? this.#land(frame, baseOffset);
  }

  #judgeBetween(between: readonly Uint8Array[]): Landing<G> | null {
    for (const record of between) {
      const reading = judgeRecord(this.#state, decodeRecord(record));
      if (reading.kind === 'announced') return { kind: 'fenced', epoch: reading.announce.epoch };
      if (reading.kind === 'broken') return reading;
      if (reading.kind !== 'frame') continue;
      return broken(
        `the log holds a frame ${reading.frame.number} of this epoch that is not of this owner`,
      );
    }
    return null;
  }

  #land(frame: SealedFrame<G>, offset: number): Landing<G> {
    const { epoch, nonce } = this.#state;
    const { number } = frame;
    const clock = lastClockOf(frame.clock, frame.transitions);
    this.#state = { epoch, nonce, nextNumber: number + 1, clock };
    this.#nextOffset = offset + 1;
    this.#forget(frame);
    return { kind: 'durable', frame, position: { offset, epoch, nonce, number, clock } };
  }

  #forget(frame: SealedFrame<G>): void {
    this.#inFlight = null;
    this.#unacknowledgedBytes -= frame.bytes;
    this.#unacknowledgedTransitions -= frame.transitions;
  }

  /** Every group that is not durable, in order. The writer is not used any more (F5). */
  abandon(): G[] {
    const groups = [...((this.#inFlight ?? this.#again)?.groups ?? [])];
    for (let frame = this.#queue.take(); frame !== undefined; frame = this.#queue.take()) {
      groups.push(...frame.groups);
    }
    this.#inFlight = null;
    this.#again = null;
    return groups;
  }
}

function broken(message: string): Landing<never> {
  return { kind: 'broken', fault: new LogRuleBroken('L5', message) };
}
