// Why a process ended by itself, or did not start: as it should after what the world did to it, or by a fault of its own.

import { StorageFault } from '@perdure/ports';
import type { Disk } from './disk.ts';
import { MediumRefused } from './file-faults.ts';
import type { Sightings } from './sightings.ts';
import { InjectedFault } from './store-troubles.ts';

/** Null: the process was right to end. L11: one failed write or sync of the log ends it, and it says what is to be done. */
export function wrongEnd(fault: Error, sightings: Sightings): string | null {
  if (fault instanceof InjectedFault) {
    sightings.seen('halted by store');
    return null;
  }
  return isDiskFault(fault, sightings) ? null : `the server ended by itself: ${String(fault)}`;
}

/** Null: the process was right not to serve. */
export function wrongRefusal(fault: unknown, disk: Disk, sightings: Sightings): string | null {
  sightings.seen('start refused');
  if (fault instanceof InjectedFault) return null;
  if (disk.files.isFull) sightings.seen('started on full disk');
  if (fault instanceof StorageFault && fault.kind === 'corrupt' && disk.restore()) {
    sightings.seen('flip refused');
    return /record \d+ at position \d+|holds no valid record/.test(fault.message)
      ? null
      : `the server does not say what is damaged: ${fault.message}`;
  }
  return isDiskFault(fault, sightings) ? null : `the server refuses to start: ${String(fault)}`;
}

/** True for the fault of a disk that the world let fail, if it says what cures it. */
function isDiskFault(fault: unknown, sightings: Sightings): boolean {
  if (!(fault instanceof StorageFault) || fault.kind !== 'io') return false;
  if (!fault.message.endsWith('then start again.')) return false;
  const { cause } = fault;
  if (cause instanceof MediumRefused) {
    sightings.seen(cause.operation === 'sync' ? 'log sync failed' : 'log write failed');
    return true;
  }
  const isFull = cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC';
  if (isFull) sightings.seen('disk full');
  return isFull;
}
