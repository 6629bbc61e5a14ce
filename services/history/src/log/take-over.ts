// Taking a LogPartition of a cluster over (L4, L7): the Announce ends the other owner's writing, the log up to it says what
// counts.
//
// V1. The log is read from `applied` to its end, for the epoch in force; then the Announce is appended, and what others put
//     before it is read too. What counts up to the Announce, and nothing behind it, is the tail.
// V2. An Announce that does not count, because a higher one stands before it, or that ended without an outcome, is followed
//     by another one with a higher epoch, for as long as the node wants to be the owner (L4).
// V3. Meanwhile the other owner may store and trim what it had acknowledged: a log that begins above the checkpoint that was
//     read is no fault if the store has gone on. Then everything is read again from there.
// V4. Only where an append landed says where the log ends: a leader that does not know yet that it is none may name an
//     earlier end. An Announce at or below the checkpoint shows that the log lost acknowledged records (L5, L8).

import {
  boundsFault,
  claim,
  encodeAnnounce,
  type FramePosition,
  LogReader,
  LogRuleBroken,
  type ReadCounts,
  type ReaderState,
  stateAfter,
} from '@perdure/core-log';
import { type LogPartition, LogTrimmed } from '@perdure/ports';
import { type Replay, replayRecord } from './open-partition.ts';
import { readRange } from './read-range.ts';
import type { SharedPartition } from './shared-partition.ts';

export interface TakeOverOptions extends Replay {
  readonly partition: LogPartition;
  readonly shared: SharedPartition;
  readonly readApplied: () => Promise<FramePosition | null>;
  /** Everything replayed so far is to be forgotten (V3). */
  readonly startAgain: () => void;
  /** False: the node does not want to be the owner any more. */
  readonly wanted: () => boolean;
  /** µs to wait before another claim, when others claim too (L4). */
  readonly pauseUs: () => number;
}

export interface TakenOver {
  readonly applied: FramePosition | null;
  /** Of the log right after the Announce. */
  readonly state: ReaderState;
  readonly announceOffset: number;
  readonly replayed: ReadCounts;
  /** Announces appended. */
  readonly claims: number;
}

/** Null: the node did not want to any more. Rejects with what must stop the partition, or with a fault that may pass. */
export async function takeOver(options: TakeOverOptions): Promise<TakenOver | null> {
  for (let applied = await options.readApplied(); ; ) {
    if (!options.wanted()) return null;
    try {
      return await takeOverFrom(options, applied);
    } catch (fault) {
      const trimmed = fault instanceof LogTrimmed || fault instanceof LogRuleBroken;
      if (!trimmed) throw fault;
      const newer = await options.readApplied();
      if (newer === null || newer.offset <= (applied?.offset ?? -1)) throw fault;
      applied = newer;
      options.startAgain();
    }
  }
}

async function takeOverFrom(
  options: TakeOverOptions,
  applied: FramePosition | null,
): Promise<TakenOver | null> {
  const { partition, shared } = options;
  const { owner, generation, newNonce } = shared.options;
  const fault = boundsFault(applied, await partition.lowMark(), null);
  if (fault !== null) throw fault;
  const reader = new LogReader(stateAfter(applied));
  const replaying = { applied, replay: options.replay.bind(options) };
  let offset = applied?.offset ?? 0;
  const readTo = async (endOffset: number): Promise<void> => {
    await readRange(partition, offset, endOffset, (record) => {
      replayRecord(replaying, reader, record);
      offset += 1;
    });
  };
  await readTo(await partition.endOffset());
  for (let claims = 1; options.wanted(); claims++) {
    const nonce = newNonce();
    const announce = claim(reader.state, shared.lastTried, { owner, nonce, generation });
    shared.tries(announce.epoch);
    const announcedAt = await append(options, encodeAnnounce(announce));
    if (announcedAt !== null && announcedAt < offset) throw lostRecords(announcedAt, offset);
    await readTo(announcedAt === null ? await partition.endOffset() : announcedAt + 1);
    const { state } = reader;
    if (announcedAt !== null && state.nonce === nonce && state.epoch === announce.epoch) {
      return { applied, state, announceOffset: announcedAt, replayed: reader.counts, claims };
    }
    await shared.pause(options.pauseUs());
  }
  return null;
}

/** Null: the outcome is unknown. */
async function append(
  { partition, shared }: TakeOverOptions,
  record: Uint8Array,
): Promise<number | null> {
  try {
    return await partition.append([record]);
  } catch (fault) {
    shared.onUnknown(fault);
    return null;
  }
}

function lostRecords(offset: number, before: number): LogRuleBroken {
  const message = `an Announce landed at offset ${offset}, after the log had ended at ${before}`;
  return new LogRuleBroken('L5', `${message}: the log lost records`);
}
