// Rows for the contract of the store.

import {
  type AppliedRow,
  type DroppedWakeBucket,
  emptyFold,
  type FoldBatch,
  type HistoryRow,
  type QuarantineRow,
  type RemovedRun,
  type RemovedWorkflow,
  type RunKey,
  type RunStateRow,
  type Store,
  type WakeRow,
  type WorkflowRow,
} from '../src/index.ts';

/** Opens an empty store; it is closed after the test. */
export type OpenStore = () => Promise<Store>;

export const namespaceId = '6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f';

export function runKey(workflowId: string, runId = '0194cbb4-9a3f-7a45-9d4e-0b54c1a1b6f1'): RunKey {
  return { namespaceId, workflowId, runId };
}

export function foldOf(rows: Partial<FoldBatch>): FoldBatch {
  return { ...emptyFold, ...rows };
}

export function bytesOf(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function historyRow(row: Partial<HistoryRow> & { readonly run: RunKey }): HistoryRow {
  return {
    branch: 0,
    firstEventId: 1,
    lastEventId: 3,
    events: bytesOf(1, 2, 3),
    clock: 10,
    ...row,
  };
}

export function stateRow(row: Partial<RunStateRow> & { readonly run: RunKey }): RunStateRow {
  return { version: 1, state: bytesOf(7), clock: 10, ...row };
}

export function workflowRow(row: Partial<WorkflowRow>): WorkflowRow {
  return { namespaceId, workflowId: 'w', state: bytesOf(5), clock: 10, ...row };
}

export function wakeRow(row: Partial<WakeRow> & { readonly run: RunKey }): WakeRow {
  const hint = { shard: 200, version: 1, loadAtUs: 9, offer: null };
  // Of one run the higher version has the higher clock.
  return { block: 3, bucket: 500_000, ...hint, clock: row.version ?? 1, ...row };
}

export function appliedRow(row: Partial<AppliedRow>): AppliedRow {
  const frame = { offset: 4, epoch: 2, nonce: 'n', number: 3, clock: 10 };
  return { logPartition: 0, ...frame, mapVersion: 1, ...row };
}

export function quarantineRow(
  row: Partial<QuarantineRow> & { readonly run: RunKey },
): QuarantineRow {
  return { version: 4, reason: 'broken', transition: bytesOf(1, 0, 2), clock: 10, ...row };
}

export function removedRun(row: Partial<RemovedRun> & { readonly run: RunKey }): RemovedRun {
  return { block: 3, logPartition: 0, clock: 10, ...row };
}

export function removedWorkflow(row: Partial<RemovedWorkflow>): RemovedWorkflow {
  return { namespaceId, workflowId: 'w', logPartition: 0, clock: 10, ...row };
}

export function droppedBucket(drop: Partial<DroppedWakeBucket>): DroppedWakeBucket {
  return { block: 3, bucket: 500_000, logPartition: 0, clock: 10, ...drop };
}

/** Runs of several namespaces, workflows and kinds of run id. */
export function unlikeRuns(): RunKey[] {
  const found: RunKey[] = [];
  for (const namespace of [namespaceId, 'n', '']) {
    for (const workflowId of ['a', 'a\0', 'ab', 'ü', '']) {
      for (const runId of ['r', '0194cbb4-9a3f-7a45-9d4e-0b54c1a1b6f1', '']) {
        found.push({ namespaceId: namespace, workflowId, runId });
      }
    }
  }
  return found;
}
