// What a removal hides from folds that come after it (M1): the rows of a run that lack its deletion, the rows of a wake
// bucket that is over (M6). Part of the store's contract, and shared by the adapters that have no timestamped deletes of
// their own.
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
  readonly #buckets: Map<string, Removal> = new Map();

  get size(): number {
    return this.#runs.size + this.#workflows.size + this.#buckets.size;
  }

  /** The fold without the rows that this or an earlier removal hides. */
  visible(batch: FoldBatch): FoldBatch {
    for (const { run, ...removal } of batch.runsRemoved) {
      putNewer(this.#runs, textOf(run), removal);
    }
    for (const { namespaceId, workflowId, ...removal } of batch.workflowsRemoved) {
      putNewer(this.#workflows, textOf({ namespaceId, workflowId, runId: '' }), removal);
    }
    for (const { block, bucket, ...removal } of batch.wakeBucketsDropped) {
      putNewer(this.#buckets, `${block}/${bucket}`, removal);
    }
    const left = this.size === 0 ? batch : this.#leave(batch);
    if (batch.applied !== null) this.#forget(batch.applied.logPartition, batch.applied.clock);
    return left;
  }

  #leave(batch: FoldBatch): FoldBatch {
    const stays = ({ run, clock }: { readonly run: RunKey; readonly clock: number }): boolean =>
      clock > (this.#runs.get(textOf(run))?.clock ?? -1);
    return {
      ...batch,
      history: batch.history.filter(stays),
      runStates: batch.runStates.filter(stays),
      wake: batch.wake.filter(
        (row) =>
          stays(row) && row.clock > (this.#buckets.get(`${row.block}/${row.bucket}`)?.clock ?? -1),
      ),
      workflows: batch.workflows.filter(
        ({ namespaceId, workflowId, clock }) =>
          clock >
          (this.#workflows.get(textOf({ namespaceId, workflowId, runId: '' }))?.clock ?? -1),
      ),
    };
  }

  #forget(logPartition: number, appliedClock: number): void {
    for (const removals of [this.#runs, this.#workflows, this.#buckets]) {
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
