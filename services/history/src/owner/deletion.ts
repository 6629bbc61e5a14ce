// Deletes a run (L2, M7, W8, X3): for a client, and when its retention is over.
//
// E1. A run that is running is terminated first, in the same turn: the deletion is the answer to "is it gone", so a crash
//     between the two leaves a terminated run and a caller without an answer.
// E2. A run with keys that another run has not released stays: its sender may still ask for the result (X3). So does one
//     with messages of its own under way: nobody else could repeat them.

import { deleteRun, terminate } from '@perdure/core-execution';
import { assert, noBytes, RejectionError, reject } from '@perdure/kernel';
import { commitTogether } from '../commit.ts';
import type { Owner } from './owner.ts';
import type { RunHandle } from './run-handle.ts';
import type { WorkflowEntry } from './workflow-entry.ts';

/** Decides and commits in this turn; resolves when it is durable. */
export async function deleteDurably(
  owner: Owner,
  handle: RunHandle,
  entry: WorkflowEntry,
): Promise<void> {
  if (entry.keys.awaitsRelease(handle.state.run.runId)) {
    await owner.afterHead();
    const message = 'another workflow still waits for the result of this run: try again later';
    throw new RejectionError(reject('FAILED_PRECONDITION', message));
  }
  if (handle.state.outbox.size > 0) {
    await owner.afterHead();
    const message = 'this run has messages to other workflows under way: try again later';
    throw new RejectionError(reject('FAILED_PRECONDITION', message));
  }
  if (handle.open) {
    const decision = owner.decide(handle, (state, at) =>
      terminate(state, {
        reason: 'Delete workflow execution',
        details: noBytes,
        identity: 'history-service',
        ...at,
      }),
    );
    assert(decision.ok && decision.transition !== null, 'a running run can be terminated');
    owner.commit([{ handle, entry: null, transition: decision.transition }]);
  }
  const transition = owner.decide(handle, (state, at) => deleteRun(state, at.nowUs));
  await commitTogether(owner, [{ handle, entry, transition }]);
}
