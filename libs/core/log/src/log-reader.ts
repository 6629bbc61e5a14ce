// The reader rule (L1, L3): which records of a LogPartition count. Everybody who reads the log reads it through here.
//
// C1. An Announce counts only if its epoch is higher than the one in force.
// C2. A frame counts only if (epoch, nonce) is in force and its number is the next of that epoch; else it is void.
// C3. The clock of a frame that counts is above the last clock of the one before it; else the log is broken.
// C4. The state is data: it is stored with every cursor, and reading on from there gives what reading from 0 gives.

import { lastClockOf } from './frame-clock.ts';
import { LogRuleBroken } from './log-fault.ts';
import { type Announce, decodeRecord, type Frame, type LogEntry } from './records.ts';

/** What was in force after the last record read. */
export interface ReaderState {
  readonly epoch: number;
  readonly nonce: string;
  readonly nextNumber: number;
  /** Clock of the last transition of the last frame that counted. */
  readonly clock: number;
}

/** Before the first record of a log. */
export const emptyLog: ReaderState = { epoch: 0, nonce: '', nextNumber: 1, clock: 0 };

/**
 * Why a frame is void. `stale`: an older epoch, from a zombie or late. `repeated`: landed twice. The other two do not
 * come from any writer that keeps L4-L6: `gap`: a frame before it is missing. `unannounced`: its Announce is missing.
 */
export type VoidReason = 'stale' | 'repeated' | 'gap' | 'unannounced';

export type Reading =
  | { readonly kind: 'announced'; readonly state: ReaderState; readonly announce: Announce }
  | { readonly kind: 'ignored'; readonly announce: Announce }
  | { readonly kind: 'frame'; readonly state: ReaderState; readonly frame: Frame }
  | { readonly kind: 'void'; readonly reason: VoidReason; readonly frame: Frame }
  | { readonly kind: 'broken'; readonly fault: LogRuleBroken };

/** Judges the next record. `ignored` and `void` leave the state as it is. */
export function judgeRecord(state: ReaderState, entry: LogEntry): Reading {
  return entry.kind === 'announce'
    ? judgeAnnounce(state, entry.announce)
    : judgeFrame(state, entry.frame);
}

function judgeAnnounce(state: ReaderState, announce: Announce): Reading {
  if (announce.epoch <= state.epoch) return { kind: 'ignored', announce };
  const { epoch, nonce } = announce;
  return {
    kind: 'announced',
    state: { epoch, nonce, nextNumber: 1, clock: state.clock },
    announce,
  };
}

function judgeFrame(state: ReaderState, frame: Frame): Reading {
  const reason = voidReason(state, frame);
  if (reason !== null) return { kind: 'void', reason, frame };
  const { epoch, nonce, number, clock } = frame;
  if (clock <= state.clock) {
    const what = `frame ${number} of epoch ${epoch} has clock ${clock}, not above ${state.clock}`;
    return {
      kind: 'broken',
      fault: new LogRuleBroken('L3', `${what}: the log was written by a faulty owner`),
    };
  }
  const last = lastClockOf(clock, frame.transitions.length);
  return { kind: 'frame', state: { epoch, nonce, nextNumber: number + 1, clock: last }, frame };
}

function voidReason(state: ReaderState, frame: Frame): VoidReason | null {
  if (frame.epoch < state.epoch) return 'stale';
  if (frame.epoch > state.epoch || frame.nonce !== state.nonce) return 'unannounced';
  if (frame.number < state.nextNumber) return 'repeated';
  return frame.number > state.nextNumber ? 'gap' : null;
}

/** What a reader has met. `void` counts frames, `ignored` Announces that did not count. */
export interface ReadCounts {
  announced: number;
  ignored: number;
  frames: number;
  transitions: number;
  void: { stale: number; repeated: number; gap: number; unannounced: number };
}

/** The rule with its state and counters, fed with the records of one LogPartition in order. */
export class LogReader {
  #state: ReaderState;
  readonly counts: ReadCounts = {
    announced: 0,
    ignored: 0,
    frames: 0,
    transitions: 0,
    void: { stale: 0, repeated: 0, gap: 0, unannounced: 0 },
  };

  constructor(state: ReaderState) {
    this.#state = state;
  }

  get state(): ReaderState {
    return this.#state;
  }

  /** Throws UnreadableRecord. After `broken` the reader is not used any more. */
  read(record: Uint8Array): Reading {
    const reading = judgeRecord(this.#state, decodeRecord(record));
    switch (reading.kind) {
      case 'announced':
        this.#state = reading.state;
        this.counts.announced += 1;
        break;
      case 'frame':
        this.#state = reading.state;
        this.counts.frames += 1;
        this.counts.transitions += reading.frame.transitions.length;
        break;
      case 'ignored':
        this.counts.ignored += 1;
        break;
      case 'void':
        this.counts.void[reading.reason] += 1;
        break;
      case 'broken':
        break;
    }
    return reading;
  }
}
