// Taking over from oneself (L6): what became of a frame whose append told nothing, judged by the log up to the owner's next
// Announce.
//
// Q1. Everything that stands before the Announce counts as the reader rule says, the frame too if it is there; a copy of it
//     that lands later is void, whatever was said of it.
// Q2. An Announce in between that is not of this owner ends it: what others may have written after that Announce is not on
//     this owner's head. Earlier claims of its own, whose outcome was unknown as well, change nothing.
// Q3. The outcome is known in each case: the frame counts, or it never will.

import { assert } from '@perdure/kernel';
import { type FramePosition, positionOf } from './checkpoint.ts';
import { LogRuleBroken } from './log-fault.ts';
import { judgeRecord, type ReaderState } from './log-reader.ts';
import type { SealedFrame } from './log-writer.ts';
import { decodeRecord } from './records.ts';

/** Recognises what this owner appended itself. */
export interface OwnRecords {
  /** Nonces of all claims of this owner since its frame was sent, the last one included. */
  readonly nonces: ReadonlySet<string>;
}

export interface Landed<G> {
  readonly frame: SealedFrame<G>;
  readonly position: FramePosition;
}

/** `landed`: the frame in flight, if it counts; its groups are durable even when the owner is not one any more. */
export type Reclaim<G> =
  | { readonly kind: 'reclaimed'; readonly landed: Landed<G> | null }
  | { readonly kind: 'fenced'; readonly epoch: number; readonly landed: Landed<G> | null }
  | { readonly kind: 'broken'; readonly fault: LogRuleBroken };

type Judged =
  | {
      readonly kind: 'reclaimed';
      readonly state: ReaderState;
      readonly landed: FramePosition | null;
    }
  | { readonly kind: 'fenced'; readonly epoch: number; readonly landed: FramePosition | null }
  | { readonly kind: 'broken'; readonly fault: LogRuleBroken };

export function judgeReclaim({
  state: before,
  frame,
  fromOffset,
  announceOffset,
  between,
  own,
}: {
  readonly state: ReaderState;
  readonly frame: Pick<SealedFrame<unknown>, 'number' | 'clock'>;
  readonly fromOffset: number;
  readonly announceOffset: number;
  readonly between: readonly Uint8Array[];
  readonly own: OwnRecords;
}): Judged {
  if (announceOffset < fromOffset) {
    const place = `offset ${announceOffset}, where at least ${fromOffset} was expected`;
    return broken(`an Announce landed at ${place}: the log lost acknowledged records`);
  }
  assert(
    between.length === announceOffset - fromOffset + 1,
    'all records up to the Announce, and no others',
  );
  let state = before;
  let landed: FramePosition | null = null;
  for (const [index, record] of between.entries()) {
    const reading = judgeRecord(state, decodeRecord(record));
    if (reading.kind === 'broken') return reading;
    if (reading.kind === 'announced') {
      if (!own.nonces.has(reading.announce.nonce)) {
        return { kind: 'fenced', epoch: reading.announce.epoch, landed };
      }
      state = reading.state;
    } else if (reading.kind === 'frame') {
      const { epoch, nonce, number, clock } = reading.frame;
      const isFrame = epoch === before.epoch && nonce === before.nonce && number === frame.number;
      if (!isFrame || clock !== frame.clock) {
        return broken(`the log holds a frame ${number} of this owner that it did not send`);
      }
      landed = positionOf(fromOffset + index, reading.frame);
      state = reading.state;
    }
  }
  // The Announce itself does not count if a higher one of others stands before it; then that one ended the loop.
  assert(own.nonces.has(state.nonce), 'an Announce above the epoch in force counts (L1)');
  return { kind: 'reclaimed', state, landed };
}

function broken(message: string): Judged {
  return { kind: 'broken', fault: new LogRuleBroken('L5', message) };
}
