// Checkpoint arithmetic (L8): where reading goes on, what may be trimmed, and whether log and checkpoint belong together.
//
// P1. The log keeps the frame that `applied` names, so that the owner's replay can see that it is the same one.
// P2. The records after it must go on from it: a frame that shows that another is missing halts the partition.

import { lastClockOf } from './frame-clock.ts';
import { LogRuleBroken } from './log-fault.ts';
import { emptyLog, type ReaderState, type Reading } from './log-reader.ts';
import { type Frame, type LogEntry } from './records.ts';

/** Names a frame that counted. `clock` is that of its last transition, so it orders after all of them. */
export interface FramePosition {
  readonly offset: number;
  readonly epoch: number;
  readonly nonce: string;
  readonly number: number;
  readonly clock: number;
}

export function positionOf(offset: number, frame: Frame): FramePosition {
  const { epoch, nonce, number, clock, transitions } = frame;
  return { offset, epoch, nonce, number, clock: lastClockOf(clock, transitions.length) };
}

/** The reader state right after the frame; before the first record when there is none. */
export function stateAfter(position: FramePosition | null): ReaderState {
  if (position === null) return emptyLog;
  const { epoch, nonce, number, clock } = position;
  return { epoch, nonce, nextNumber: number + 1, clock };
}

/** The lowest offset to keep: the log may forget what is below it. Nothing may go while nothing is applied. */
export function trimBound(
  applied: FramePosition | null,
  cursors: readonly Pick<FramePosition, 'offset'>[],
): number {
  if (applied === null) return 0;
  return cursors.reduce((lowest, cursor) => Math.min(lowest, cursor.offset), applied.offset);
}

/** The rule that a log with these bounds breaks, for an owner whose store is at `applied`. `endOffset`: null when it is not known for sure. */
export function boundsFault(
  applied: FramePosition | null,
  lowMark: number,
  endOffset: number | null,
): LogRuleBroken | null {
  const offset = applied === null ? 0 : applied.offset;
  if (lowMark > offset) {
    const cure =
      'records are missing between the store and the log: restore both from the same backup';
    return broken(
      `the log begins at offset ${lowMark}, the store is at ${describe(applied)}: ${cure}`,
    );
  }
  if (applied !== null && endOffset !== null && endOffset <= offset) {
    const cure = 'the log lost records, or is of an older backup than the store';
    return broken(
      `the log ends at offset ${endOffset}, the store is at ${describe(applied)}: ${cure}`,
    );
  }
  return null;
}

/** Judges the record at the offset of `applied`: it must be that very frame. */
export function appliedFault(applied: FramePosition, entry: LogEntry): LogRuleBroken | null {
  if (entry.kind === 'frame') {
    const { epoch, nonce, number, clock } = positionOf(applied.offset, entry.frame);
    const same = epoch === applied.epoch && nonce === applied.nonce && number === applied.number;
    if (same && clock === applied.clock) return null;
  }
  return broken(
    `the log holds another record at ${describe(applied)}: log and store do not belong together`,
  );
}

/** Judges a reading of the owner's replay: void records are passed over, but not one that proves that others are missing. */
export function successorFault(offset: number, reading: Reading): LogRuleBroken | null {
  if (reading.kind === 'broken') return reading.fault;
  if (reading.kind !== 'void' || reading.reason === 'stale' || reading.reason === 'repeated')
    return null;
  const { epoch, number } = reading.frame;
  const lost = reading.reason === 'gap' ? 'the frame before it' : 'the Announce of its epoch';
  return broken(
    `frame ${number} of epoch ${epoch} at offset ${offset} has no predecessor: the log lost ${lost}`,
  );
}

function describe(applied: FramePosition | null): string {
  if (applied === null) return 'its beginning';
  return `offset ${applied.offset} (epoch ${applied.epoch}, frame ${applied.number})`;
}

function broken(message: string): LogRuleBroken {
  return new LogRuleBroken('L8', message);
}
