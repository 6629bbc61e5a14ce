// What went wrong at PostgreSQL, as a fault of the port. Whatever it is, what was asked may have been done (a rejection is an
// unknown outcome), but for what PostgreSQL refused by itself.

import { StorageFault } from '@perdure/ports';

/** SQLSTATEs after which the same statement may be tried again at once: it was undone because of another. */
const undone: ReadonlySet<string> = new Set(['40001', '40P01']);
/** Raised by visibility_write: the index lost what its writer knows of. */
const lostWrites = 'PDV01';

interface PostgresError {
  readonly code?: string;
  readonly message: string;
}

export function wasUndone(error: unknown): boolean {
  return undone.has((error as PostgresError).code ?? '');
}

export function faultOf(place: string, error: unknown): StorageFault {
  const { code, message } = error as PostgresError;
  if (code === lostWrites) {
    return new StorageFault(
      'mismatch',
      `${place} lost rows of visibility: ${message}; start the owner again, which builds the index anew`,
      { cause: error },
    );
  }
  const state = code === undefined ? '' : ` (${code})`;
  return new StorageFault('io', `${place} failed: ${message}${state}`, { cause: error });
}
