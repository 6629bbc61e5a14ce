// Opening an embedded LogPartition: replay what the store lacks, claim the log, serve (L7, L8, L11).
//
// O1. Replay comes before the Announce. The directory is locked, so no other writer can add to the log meanwhile, and the
//     epoch to claim is known only at the log's end anyway; and a log that does not belong to the store is left untouched.
//     (In a cluster the Announce has to come first: it is what ends the other owner's writing.)
// O2. The frame that `applied` names must be in the log, and everything behind it must go on from it (L8).
// O3. The pump is handed out only when the Announce counts (L4).

import {
  appliedFault,
  boundsFault,
  claim,
  decodeRecord,
  encodeAnnounce,
  type FramePosition,
  frameBoundsFor,
  judgeRecord,
  LogReader,
  LogWriter,
  type PendingTransition,
  positionOf,
  type ReadCounts,
  type ReaderState,
  stateAfter,
  successorFault,
} from '@perdure/core-log';
import { assert } from '@perdure/kernel';
import type { LogRecord } from '@perdure/ports';
import type { Group } from './group.ts';
import { foreignWriter, hole } from './log-faults.ts';
import { LogPump, type LogPumpOptions } from './log-pump.ts';
import { readRange } from './read-range.ts';

export interface Replay {
  /** A transition above `applied`, in the order of the log. Versions are judged by the owner (L2). */
  replay(transition: PendingTransition, clock: number, position: FramePosition): void;
}

export interface OpeningOptions extends Omit<LogPumpOptions, 'writer'>, Replay {
  /** The checkpoint of the store; null when nothing was ever applied. */
  readonly applied: FramePosition | null;
  /** The name of this process, for people who read the log. */
  readonly owner: string;
  /** Random, fresh for every opening. */
  readonly nonce: string;
  /** What the log takes as one record. */
  readonly recordBytesMax: number;
}

export interface OpenedPartition {
  readonly pump: LogPump;
  readonly epoch: number;
  /** What the replay met; `void` and `ignored` are harmless. */
  readonly replayed: ReadCounts;
}

/** Rejects with LogRuleBroken, UnreadableRecord or StorageFault: the server must not start, and the message says why. */
export async function openPartition(options: OpeningOptions): Promise<OpenedPartition> {
  const { partition, applied } = options;
  const endOffset = await partition.endOffset();
  const fault = boundsFault(applied, await partition.lowMark(), endOffset);
  if (fault !== null) throw fault;
  const reader = new LogReader(stateAfter(applied));
  const fromOffset = applied === null ? 0 : applied.offset;
  await readRange(partition, fromOffset, endOffset, (record) =>
    replayRecord(options, reader, record),
  );
  const state = await announce(options, reader.state, endOffset);
  const writer = new LogWriter<Group>(state, endOffset, frameBoundsFor(options.recordBytesMax));
  return {
    pump: new LogPump({ ...options, writer }),
    epoch: state.epoch,
    replayed: reader.counts,
  };
}

/** Feeds a record to the reader, and what it holds to whoever replays. Throws what must stop the partition (L8). */
export function replayRecord(
  replaying: Replay & { readonly applied: FramePosition | null },
  reader: LogReader,
  record: LogRecord,
): void {
  const { applied } = replaying;
  if (applied !== null && record.offset === applied.offset) {
    const fault = appliedFault(applied, decodeRecord(record.bytes));
    if (fault !== null) throw fault;
    return;
  }
  const reading = reader.read(record.bytes);
  const fault = successorFault(record.offset, reading);
  if (fault !== null) throw fault;
  if (reading.kind !== 'frame') return;
  const position = positionOf(record.offset, reading.frame);
  let { clock } = reading.frame;
  for (const transition of reading.frame.transitions)
    replaying.replay(transition, clock++, position);
}

/** Appends the Announce and answers with the rule state right after it. */
async function announce(
  { partition, owner, nonce }: OpeningOptions,
  atEnd: ReaderState,
  endOffset: number,
): Promise<ReaderState> {
  const claimed = claim(atEnd, 0, { owner, nonce, generation: 0 });
  const offset = await partition.append([encodeAnnounce(claimed)]);
  if (offset < endOffset) throw hole(offset, endOffset);
  if (offset > endOffset) throw foreignWriter(offset);
  const reading = judgeRecord(atEnd, { kind: 'announce', announce: claimed });
  assert(reading.kind === 'announced', 'an Announce above the epoch in force counts (L1)');
  return reading.state;
}
