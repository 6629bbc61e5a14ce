// What an owner starts from: its place in the log, and the transitions that the store may lack. From a directory that is
// locked, or from a LogPartition of a cluster (L7).

import {
  type FramePosition,
  frameBoundsFor,
  LogWriter,
  type PendingTransition,
} from '@perdure/core-log';
import { type LogPartition, NotOwner, type Store } from '@perdure/ports';
import type { Group } from './group.ts';
import { LogPump, type LogPumpOptions } from './log-pump.ts';
import { openPartition } from './open-partition.ts';
import { SharedPartition, type SharedPartitionOptions } from './shared-partition.ts';
import { type TakenOver, takeOver } from './take-over.ts';

/** A transition above `applied`, as the log holds it. */
export interface TailTransition {
  readonly transition: PendingTransition;
  readonly clock: number;
  readonly position: FramePosition;
}

/** How a node of a cluster wants to own a LogPartition. */
export interface ClaimOptions
  extends Pick<
    SharedPartitionOptions,
    'generation' | 'onFenced' | 'onUnknown' | 'onSettled' | 'newNonce'
  > {
  /** Highest epoch that this process ever announced here, 0: none; and what it is told of the next. */
  readonly lastTried: number;
  readonly onTried: (epoch: number) => void;
  /** False: the node is not to be the owner any more. */
  readonly wanted: () => boolean;
  /** µs to wait before another claim, when others claim too: 50 to 200 ms, drawn (L4). */
  readonly pauseUs: () => number;
  /** The Announce counts: nobody else can be acknowledged any more. */
  readonly onAnnounced: (taken: TakenOver) => void;
}

export interface OpenTailOptions
  extends Pick<LogPumpOptions, 'clock' | 'onHalt' | 'onCallbackThrew' | 'onEmpty'> {
  readonly log: LogPartition;
  readonly logPartition: number;
  readonly recordBytesMax: number;
  readonly store: Store;
  readonly owner: string;
  readonly newId: () => string;
  /** Absent: the directory is locked. */
  readonly claim?: ClaimOptions;
}

export interface OpenTail {
  readonly pump: LogPump;
  readonly applied: FramePosition | null;
  readonly tail: readonly TailTransition[];
}

/** Rejects with NotOwner when the node is not to be the owner any more. */
export async function openTail(options: OpenTailOptions): Promise<OpenTail> {
  const { claim } = options;
  return claim === undefined ? openLocked(options) : openShared(options, claim);
}

async function openLocked(options: OpenTailOptions): Promise<OpenTail> {
  const { log, logPartition, newId, store, ...rest } = options;
  const applied = await store.readApplied(logPartition);
  const tail: TailTransition[] = [];
  const { pump } = await openPartition({
    ...rest,
    partition: log,
    applied,
    nonce: newId(),
    replay: (transition, clock, position) => tail.push({ transition, clock, position }),
  });
  return { pump, applied, tail };
}

async function openShared(options: OpenTailOptions, claim: ClaimOptions): Promise<OpenTail> {
  const { log: partition, logPartition, store, clock, owner, recordBytesMax } = options;
  const { lastTried, onTried } = claim;
  const shared = new SharedPartition(
    { ...claim, partition, logPartition, clock, owner },
    { lastTried, onTried },
  );
  let tail: TailTransition[] = [];
  const taken = await takeOver({
    ...claim,
    partition,
    shared,
    readApplied: () => store.readApplied(logPartition),
    startAgain: () => {
      tail = [];
    },
    replay: (transition, at, position) => tail.push({ transition, clock: at, position }),
  });
  if (taken === null) throw new NotOwner(logPartition, null);
  claim.onAnnounced(taken);
  const { state, announceOffset, applied } = taken;
  const writer = new LogWriter<Group>(state, announceOffset, frameBoundsFor(recordBytesMax));
  return { pump: new LogPump({ ...options, partition, writer, shared }), applied, tail };
}
