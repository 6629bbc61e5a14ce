// For tests: what counts in a log (L1, L3), by definition and not by a running state. Shares no code with the reader.

import { type Announce, decodeRecord, type Frame } from '@perdure/core-log';

export interface Counted {
  readonly offset: number;
  readonly frame: Frame;
}

export interface CountedAnnounce {
  readonly offset: number;
  readonly announce: Announce;
}

export interface JudgedLog {
  readonly frames: readonly Counted[];
  readonly announces: readonly CountedAnnounce[];
}

/** Quadratic, so for small logs. */
export function judgedByModel(records: readonly Uint8Array[]): JudgedLog {
  const entries = records.map((record, offset) => ({ offset, entry: decodeRecord(record) }));
  const announced: CountedAnnounce[] = entries.flatMap(({ offset, entry }) =>
    entry.kind === 'announce' ? [{ offset, announce: entry.announce }] : [],
  );
  const announces = announced.filter(({ offset, announce: { epoch } }) =>
    announced.every((other) => other.offset >= offset || other.announce.epoch < epoch),
  );
  const frames: Counted[] = [];
  for (const { offset, entry } of entries) {
    if (entry.kind !== 'frame') continue;
    const { epoch, nonce, number } = entry.frame;
    const inForce = announces.findLast((one) => one.offset < offset)?.announce;
    const ofEpoch = frames.filter(({ frame }) => frame.epoch === epoch).length;
    if (inForce?.epoch === epoch && inForce.nonce === nonce && number === ofEpoch + 1)
      frames.push({ offset, frame: entry.frame });
  }
  return { frames, announces };
}

/** Where something counts: the run id names it. */
export function placesOf(judged: JudgedLog, runId: string): { offset: number; clock: number }[] {
  return judged.frames.flatMap(({ offset, frame }) =>
    frame.transitions.flatMap(({ run }, i) =>
      run.runId === runId ? [{ offset, clock: frame.clock + i }] : [],
    ),
  );
}
