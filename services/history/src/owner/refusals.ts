// What the owner refuses whatever the request was.

import { RejectionError, type RunKey, reject, usPerSecond } from '@perdure/kernel';
import { NotOwner } from '@perdure/ports';

/** Who is no owner any more says so: the next one can be asked. */
export function unavailable(fault: Error): RejectionError | NotOwner {
  if (fault instanceof NotOwner) return fault;
  return new RejectionError(reject('UNAVAILABLE', `the log cannot be written: ${fault.message}`));
}

/** A run that is set aside (L12), to whoever asks for it. */
export function quarantinedError({ workflowId, runId }: RunKey, why: string): RejectionError {
  const command = `perdure operator quarantine release --workflow-id ${workflowId} --run-id ${runId}`;
  const message = `this workflow run is quarantined after an internal error (${why}); other runs are not affected. An operator can look at it with "perdure operator run describe --state", and let it go on with "${command}"`;
  return new RejectionError(reject('FAILED_PRECONDITION', message));
}

/** M10: a log that has left an append without an outcome for so long is down. */
const silentUsMax = 2 * usPerSecond;

export function refuseSilentLog(silentUs: number): void {
  if (silentUs <= silentUsMax) return;
  const message = 'the log does not answer at the moment: try again later';
  throw new RejectionError(reject('UNAVAILABLE', message));
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
