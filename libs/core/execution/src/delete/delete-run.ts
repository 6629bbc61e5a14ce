// The deletion of a run: the transition after which nothing of it is left (L2, M7). It changes nothing in the state but the
// version, so that the rule of versions holds for it as for any other.

import { assert, noBytes } from '@perdure/kernel';
import type { Transition } from '../draft.ts';
import { type ExecutionState, isRunning } from '../state.ts';

/**
 * Deletes a closed run; one that is running is terminated before, by a transition of its own. A run with messages under way
 * stays: nobody else could repeat them (X3).
 */
export function deleteRun(state: ExecutionState, nowUs: number): Transition {
  assert(!isRunning(state), 'a run is closed before it is deleted');
  assert(state.outbox.size === 0, 'X3: a run with messages under way is not deleted');
  const { progress } = state;
  const clockUs = Math.max(nowUs, progress.clockUs);
  const delta = {
    start: null,
    memo: null,
    searchAttributes: null,
    progress: { ...progress, version: progress.version + 1, clockUs },
    activitiesSet: [],
    activitiesRemoved: [],
    timersSet: [],
    timersRemoved: [],
    bufferedReplaced: false,
    buffered: [],
    outboxSet: [],
    outboxRemoved: [],
    probes: [],
  };
  const firstEventId = progress.nextEventId;
  return {
    body: { delta, events: noBytes, firstEventId, workflow: null, deletes: true },
    effects: [],
    notes: [],
    successor: null,
  };
}
