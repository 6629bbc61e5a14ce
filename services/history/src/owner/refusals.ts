// What the owner refuses whatever the request was.

import { RejectionError, reject } from '@perdure/kernel';

export function unavailable(fault: Error): RejectionError {
  return new RejectionError(reject('UNAVAILABLE', `the log cannot be written: ${fault.message}`));
}

export function quarantinedError(why: string): RejectionError {
  return new RejectionError(
    reject(
      'INTERNAL',
      `this workflow run is quarantined after an internal error (${why}); other runs are not affected`,
    ),
  );
}

/** W9. */
export function storeBehind(): RejectionError {
  return new RejectionError(
    reject('RESOURCE_EXHAUSTED', 'the store is behind: try again later', {
      kind: 'resourceExhausted',
      cause: 'PERSISTENCE_LIMIT',
    }),
  );
}
