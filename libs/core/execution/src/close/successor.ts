// The next run of a chain (wire-contract 2.7): begun in the transition that closes the run before, so that a crash between
// the two cannot lose it.
//
// The chain keeps its first run, its time and the links of the request that began it; what else the next run is given
// depends on why there is one. To add a reason is to call `continueWith` from the place that closes the run.

import { noBytes } from '@perdure/kernel';
import type { Draft } from '../draft.ts';
import { beginRun, type FirstEvent } from '../start/begin.ts';
import type { StartInfo } from '../state.ts';

export interface Successor {
  readonly runId: string;
  /** Number of ContinueAsNewInitiator. */
  readonly initiator: number;
  readonly attempt: number;
  /** What differs from the run that closes. */
  readonly start: Partial<StartInfo>;
  readonly first: Omit<FirstEvent, 'follows'>;
  readonly backoffUs: number;
}

export function continueWith(draft: Draft, successor: Successor): void {
  const { runId, initiator, attempt, backoffUs } = successor;
  const { run } = draft.state;
  draft.successor = beginRun({
    run: { ...run, runId },
    start: {
      ...draft.start,
      memo: draft.memo,
      searchAttributes: draft.searchAttributes,
      ...successor.start,
      attempt,
      // No client asked for it: an id that no client sends.
      createRequestId: runId,
      originalRunId: runId,
      identity: '',
      userMetadata: noBytes,
    },
    first: { ...successor.first, follows: { runId: run.runId, initiator } },
    backoffUs,
    keys: [],
    nowUs: draft.nowUs,
    limits: draft.limits,
  });
}
