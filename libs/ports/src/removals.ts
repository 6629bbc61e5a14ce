// What a removal hides from folds that come after it (M1): the rows of a run that lack its deletion. Part of the store's
// contract, and shared by the adapters that have no timestamped deletes of their own.
//
// V1. A row at or below the clock of a removal is not written any more, in whichever order the two come.
// V2. A removal is remembered until `applied` of its LogPartition has passed it: what comes later is younger than it.

import type { RunKey } from '@perdure/kernel';
import type { FoldBatch } from './store.ts';

interface Removal {
  readonly clock: number;
  readonly logPartition: number;
}

export class Removals {
  readonly #runs: Map<string, Removal> = new Map();
  readonly #workflows: Map<string, Removal> = new Map();

  get size(): number {
    return this.#runs.size + this.#workflows.size;
  }

  /** The fold without the rows that this or an earlier removal hides. */
  visible(batch: FoldBatch): FoldBatch {
    for (const { run, ...removal } of batch.runsRemoved) {
      putNewer(this.#runs, textOf(run), removal);
    }
    for (const { namespaceId, workflowId, ...removal } of batch.workflowsRemoved) {
      putNewer(this.#workflows, textOf({ namespaceId, workflowId, runId: '' }), removal);
    }
    const left = this.size === 0 ? batch : this.#leave(batch);
    if (batch.applied !== null) this.#forget(batch.applied.logPartition, batch.applied.clock);
    return left;
  }

  #leave(batch: FoldBatch): FoldBatch {
    const stays = ({ run, clock }: FoldBatch['runStates'][number] | FoldBatch['history'][number]) =>
      clock > (this.#runs.get(textOf(run))?.clock ?? -1);
    return {
      ...batch,
      history: batch.history.filter(stays),
      runStates: batch.runStates.filter(stays),
      // A wake row has no clock; its run is gone for good.
      wake: batch.wake.filter(({ run }) => !this.#runs.has(textOf(run))),
      workflows: batch.workflows.filter(
        ({ namespaceId, workflowId, clock }) =>
          clock >
          (this.#workflows.get(textOf({ namespaceId, workflowId, runId: '' }))?.clock ?? -1),
      ),
    };
  }

  #forget(logPartition: number, appliedClock: number): void {
    for (const removals of [this.#runs, this.#workflows]) {
      for (const [key, removal] of removals) {
        if (removal.logPartition === logPartition && removal.clock <= appliedClock) {
          removals.delete(key);
        }
      }
    }
  }
}

/** Equal for equal ids only, whatever is in them. */
function textOf({ namespaceId, workflowId, runId }: RunKey): string {
  return JSON.stringify([namespaceId, workflowId, runId]);
}

function putNewer(removals: Map<string, Removal>, key: string, removal: Removal): void {
  if (removal.clock > (removals.get(key)?.clock ?? -1)) removals.set(key, removal);
}
