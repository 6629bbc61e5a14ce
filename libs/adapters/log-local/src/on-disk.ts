// Every call that changes or reads the disk goes through here, so that its failure names what was being done.

import { StorageFault } from '@perdure/ports';

/** Runs the call; what the platform throws becomes a StorageFault. The caller does not go on after one (L11). */
export function onDisk<T>(doing: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof StorageFault) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    const cure = full
      ? 'Free space on the disk, then start again.'
      : 'Check the disk and the messages of the kernel, then start again.';
    throw new StorageFault('io', `${doing} failed: ${reason}. ${cure}`, { cause: error });
  }
}
