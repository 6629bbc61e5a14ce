// The LogPartitions of this node, as calls find them: served, about to be, or somebody else's.

import { usPerSecond } from '@perdure/kernel';
import { type Clock, type HistoryService, NotOwner } from '@perdure/ports';

export interface LocalPartitions {
  /** The service of a LogPartition that this node owns; null while it does not. */
  served(logPartition: number): HistoryService | null;
  /** Settles when the take-over that this node is in has ended, either way; null: it is in none. */
  becoming(logPartition: number): Promise<void> | null;
  /** The node that this one takes for the owner; null: it knows of none. May be this one, when it is about to claim. */
  knownOwner(logPartition: number): string | null;
}

/** A take-over is waited for that long, then the caller is told who owns. */
const takeOverWaitUs = usPerSecond;

/** The service, in this turn if it serves. Throws NotOwner; in the middle of a take-over only after having waited for it. */
export function localService(
  local: LocalPartitions,
  clock: Clock,
  logPartition: number,
): HistoryService | Promise<HistoryService> {
  const service = local.served(logPartition);
  if (service !== null) return service;
  const becoming = local.becoming(logPartition);
  if (becoming === null) throw new NotOwner(logPartition, local.knownOwner(logPartition));
  return afterTakeOver(local, clock, logPartition, becoming);
}

async function afterTakeOver(
  local: LocalPartitions,
  clock: Clock,
  logPartition: number,
  becoming: Promise<void>,
): Promise<HistoryService> {
  const { promise: waited, resolve: end } = Promise.withResolvers<void>();
  const timer = clock.after(takeOverWaitUs, end);
  becoming.then(end, end);
  await waited;
  timer.cancel();
  const service = local.served(logPartition);
  if (service === null) throw new NotOwner(logPartition, local.knownOwner(logPartition));
  return service;
}
