// One fold: what of a run goes to the store, and as which rows (M1, M2, M5).

import { encodeSnapshot } from '@perdure/core-execution';
import { blockOf, bucketOf, outstandingOf, shardOf, wakeOfferCodec } from '@perdure/core-shard';
import { concatBytes, noBytes } from '@perdure/kernel';
import {
  emptyFold,
  type FoldBatch,
  type HistoryRow,
  type RemovedRun,
  type RemovedWorkflow,
  type RunStateRow,
  type WakeRow,
  type WorkflowRow,
} from '@perdure/ports';
import type { Owner } from './owner.ts';
import type { RunHandle, UnappliedTransition } from './run-handle.ts';
import { workflowKeyText } from './workflow-entries.ts';
import type { WorkflowEntry } from './workflow-entry.ts';

/** A run as it stood on head when its fold was taken. */
export interface TakenRun {
  readonly handle: RunHandle;
  /** The run is deleted: its rows go, and what the store lacks of it is never written (M2). */
  readonly removed: boolean;
  readonly entry: WorkflowEntry | undefined;
  readonly entryChange: UnappliedTransition | null;
  readonly transitions: readonly UnappliedTransition[];
  readonly state: Uint8Array;
  /** null: nothing changed for the id. Empty: nothing is left of it. */
  readonly workflow: Uint8Array | null;
  /** Without the clock, which is that of the last transition: it may not be durable yet. */
  readonly wake: Omit<WakeRow, 'clock'> | null;
  readonly lastEventId: number;
}

/** Takes a fold of the run; null when there is nothing to fold or one is under way (G2). */
export function takeRun(owner: Owner, handle: RunHandle): TakenRun | null {
  if (handle.unapplied.length === 0 || handle.folding) return null;
  handle.folding = true;
  const { run } = handle.state;
  const entry = owner.workflows.get(workflowKeyText(run));
  const entryChange = entry?.lastChange ?? null;
  const nowUs = owner.clock.nowUs();
  return {
    handle,
    removed: handle.deleted,
    entry,
    entryChange,
    transitions: [...handle.unapplied],
    state: handle.deleted ? noBytes : encodeSnapshot(handle.state),
    workflow: workflowBytes(entry, nowUs),
    wake: wakeRow(handle, nowUs),
    lastEventId: handle.state.progress.nextEventId - 1,
  };
}

/** null: the store has the entry as it is. Empty: nothing is left of the id. */
export function workflowBytes(entry: WorkflowEntry | undefined, nowUs: number): Uint8Array | null {
  if (entry === undefined || entry.lastChange === null) return null;
  return entry.isEmpty(nowUs) ? noBytes : entry.encode(nowUs);
}

/** M5: a new row when what is outstanding changed, or is due in an earlier hour than the row stands in. */
function wakeRow(handle: RunHandle, nowUs: number): TakenRun['wake'] {
  const outstanding = outstandingOf(handle.state, nowUs);
  if (outstanding === null) {
    handle.wake = null;
    return null;
  }
  const { offer, loadAtUs } = outstanding;
  const bucket = bucketOf(offer === null ? (loadAtUs ?? nowUs) : nowUs, nowUs);
  const encoded = offer === null ? null : wakeOfferCodec.encode(offer);
  const text = `${loadAtUs}/${offer?.kind}/${offer?.scheduledEventId}/${offer?.attempt}/${offer?.stamp}`;
  const known = handle.wake;
  const holds =
    known !== null &&
    known.text === text &&
    known.bucket <= bucket &&
    known.bucket >= bucketOf(0, nowUs);
  if (holds) return null;
  handle.wake = { bucket, text };
  const { run } = handle.state;
  const shard = shardOf(run.namespaceId, run.workflowId);
  const version = handle.state.progress.version;
  return { block: blockOf(shard), bucket, shard, run, version, loadAtUs, offer: encoded };
}

interface Rows {
  readonly history: HistoryRow[];
  readonly runStates: RunStateRow[];
  readonly workflows: WorkflowRow[];
  readonly wake: WakeRow[];
  readonly runsRemoved: RemovedRun[];
  readonly workflowsRemoved: RemovedWorkflow[];
}

/** The rows of the taken runs. Every transition in them is durable: it has its clock (M1). */
export function foldBatch(taken: readonly TakenRun[], logPartition: number): FoldBatch {
  const rows: Rows = {
    history: [],
    runStates: [],
    workflows: [],
    wake: [],
    runsRemoved: [],
    workflowsRemoved: [],
  };
  for (const run of taken) {
    if (run.removed) rows.runsRemoved.push(removalOf(run, logPartition));
    else addRun(rows, run);
    addWorkflow(rows, run, logPartition);
  }
  return { ...emptyFold, ...rows };
}

function removalOf({ handle, transitions }: TakenRun, logPartition: number): RemovedRun {
  const { run } = handle.state;
  const block = blockOf(shardOf(run.namespaceId, run.workflowId));
  return { run, block, logPartition, clock: (transitions.at(-1) as UnappliedTransition).clock };
}

function addRun(rows: Rows, { handle, transitions, state, wake }: TakenRun): void {
  const { run } = handle.state;
  const last = transitions.at(-1) as UnappliedTransition;
  const made = transitions.filter(({ events }) => events.length > 0);
  if (made.length > 0) {
    rows.history.push({
      run,
      branch: 0,
      firstEventId: (made[0] as UnappliedTransition).firstEventId,
      lastEventId: (made.at(-1) as UnappliedTransition).lastEventId,
      events: concatBytes(made.map(({ events }) => events)),
      clock: last.clock,
    });
  }
  rows.runStates.push({ run, version: last.version, state, clock: last.clock });
  if (wake !== null) rows.wake.push({ ...wake, clock: last.clock });
}

function addWorkflow(
  rows: Rows,
  { entry, entryChange, workflow }: TakenRun,
  logPartition: number,
): void {
  if (workflow === null || entry === undefined || entryChange === null) return;
  const { namespaceId, workflowId } = entry;
  const { clock } = entryChange;
  if (workflow.length > 0) rows.workflows.push({ namespaceId, workflowId, state: workflow, clock });
  else rows.workflowsRemoved.push({ namespaceId, workflowId, logPartition, clock });
}

/** The fold with its wake rows in hours that are not over (M5): what waited long for the store moves to the current one. */
export function wakeAtPresent(batch: FoldBatch, nowUs: number): FoldBatch {
  const current = bucketOf(0, nowUs);
  if (batch.wake.every(({ bucket }) => bucket >= current)) return batch;
  const atPresent = (row: WakeRow): WakeRow =>
    row.bucket >= current ? row : { ...row, bucket: current };
  return { ...batch, wake: batch.wake.map(atPresent) };
}

/** When the store has the fold: its rows stand in `writtenBucket` or later, whatever hour they were taken for. */
export function rememberWakeBucket({ handle, wake }: TakenRun, writtenBucket: number): void {
  if (wake === null || handle.wake?.bucket !== wake.bucket) return;
  handle.wake = { ...handle.wake, bucket: Math.max(wake.bucket, writtenBucket) };
}
