// What became of a frame, judged by the records that stand from where it was expected up to its acknowledgement (L5), or up
// to the owner's next Announce when its append told nothing: taking over from oneself (L6).
//
// Q1. Everything that stands before the Announce counts as the reader rule says, the frame too if it is there; a copy of it
//     that lands later is void, whatever was said of it. So it is with a copy that stands before the acknowledged one.
// Q2. An Announce in between that is not of this owner ends it: what others may have written after that Announce is not on
//     this owner's head. Earlier claims of its own, whose outcome was unknown as well, change nothing.
// Q3. The outcome is known in each case: the frame counts, or it never will.

import { assert, equalBytes } from '@perdure/kernel';
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
      readonly kind: 'passed';
      /** After the last of them. */
      readonly state: ReaderState;
      readonly landed: FramePosition | null;
    }
  | { readonly kind: 'fenced'; readonly epoch: number; readonly landed: FramePosition | null }
  | { readonly kind: 'broken'; readonly fault: LogRuleBroken };

/** `nonces`: of Announces that do not end it. */
export function judgeBetween({
  state: before,
  frame,
  fromOffset,
  between,
  nonces,
}: {
  readonly state: ReaderState;
  readonly frame: Pick<SealedFrame<unknown>, 'record'>;
  readonly fromOffset: number;
  readonly between: readonly Uint8Array[];
  readonly nonces: ReadonlySet<string>;
}): Judged {
  let state = before;
  let landed: FramePosition | null = null;
  for (const [index, record] of between.entries()) {
    const reading = judgeRecord(state, decodeRecord(record));
    if (reading.kind === 'broken') return reading;
    if (reading.kind === 'announced') {
      const { epoch, nonce } = reading.announce;
      if (!nonces.has(nonce)) return { kind: 'fenced', epoch, landed };
      state = reading.state;
    } else if (reading.kind === 'frame') {
      if (!equalBytes(record, frame.record)) {
        const { number, epoch } = reading.frame;
        const place = `offset ${fromOffset + index}`;
        return broken(
          `the log holds a frame ${number} of epoch ${epoch} at ${place} that its owner did not send`,
        );
      }
      landed = positionOf(fromOffset + index, reading.frame);
      state = reading.state;
    }
  }
  return { kind: 'passed', state, landed };
}

export function judgeReclaim({
  announceOffset,
  own,
  ...rest
}: {
  readonly state: ReaderState;
  readonly frame: Pick<SealedFrame<unknown>, 'record'>;
  readonly fromOffset: number;
  readonly announceOffset: number;
  readonly between: readonly Uint8Array[];
  readonly own: OwnRecords;
}): Judged {
  const { fromOffset, between } = rest;
  if (announceOffset < fromOffset) {
    const place = `offset ${announceOffset}, where at least ${fromOffset} was expected`;
    return broken(`an Announce landed at ${place}: the log lost acknowledged records`);
  }
  assert(
    between.length === announceOffset - fromOffset + 1,
    'all records up to the Announce, and no others',
  );
  const judged = judgeBetween({ ...rest, nonces: own.nonces });
  // The Announce itself does not count if a higher one of others stands before it; then that one has ended it.
  assert(
    judged.kind !== 'passed' || own.nonces.has(judged.state.nonce),
    'an Announce above the epoch in force counts (L1)',
  );
  return judged;
}

function broken(message: string): Judged {
  return { kind: 'broken', fault: new LogRuleBroken('L5', message) };
}
