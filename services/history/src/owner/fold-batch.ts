// One fold: what of a run goes to the store, and as which rows (M1, M2, M5).

import { encodeSnapshot } from '@perdure/core-execution';
import { blockOf, bucketOf, outstandingOf, shardOf, wakeOfferCodec } from '@perdure/core-shard';
import { concatBytes } from '@perdure/kernel';
import {
  emptyFold,
  type FoldBatch,
  type HistoryRow,
  type RunStateRow,
  type WakeRow,
  type WorkflowRow,
} from '@perdure/ports';
import type { Owner } from './owner.ts';
import type { RunHandle, UnappliedTransition } from './run-handle.ts';
import type { WorkflowEntry } from './workflow-entry.ts';

/** A run as it stood on head when its fold was taken. */
export interface TakenRun {
  readonly handle: RunHandle;
  readonly entry: WorkflowEntry | undefined;
  readonly entryChange: UnappliedTransition | null;
  readonly transitions: readonly UnappliedTransition[];
  readonly state: Uint8Array;
  readonly workflow: Uint8Array | null;
  readonly wake: WakeRow | null;
  readonly lastEventId: number;
}

/** Takes a fold of the run; null when there is nothing to fold or one is under way (G2). */
export function takeRun(owner: Owner, handle: RunHandle): TakenRun | null {
  if (handle.unapplied.length === 0 || handle.folding) return null;
  handle.folding = true;
  const { run } = handle.state;
  const entry = owner.workflows.get(`${run.namespaceId}\0${run.workflowId}`);
  const entryChange = entry?.lastChange ?? null;
  const nowUs = owner.clock.nowUs();
  return {
    handle,
    entry,
    entryChange,
    transitions: [...handle.unapplied],
    state: encodeSnapshot(handle.state),
    workflow: entry === undefined || entryChange === null ? null : entry.encode(nowUs),
    wake: wakeRow(handle, nowUs),
    lastEventId: handle.state.progress.nextEventId - 1,
  };
}

/** M5: a new row when what is outstanding changed, or is due in an earlier hour than the row stands in. */
function wakeRow(handle: RunHandle, nowUs: number): WakeRow | null {
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

/** The rows of the taken runs. Every transition in them is durable: it has its clock (M1). */
export function foldBatch(taken: readonly TakenRun[]): FoldBatch {
  const history: HistoryRow[] = [];
  const runStates: RunStateRow[] = [];
  const workflows: WorkflowRow[] = [];
  const wake: WakeRow[] = [];
  for (const run of taken) {
    const { state } = run.handle;
    const last = run.transitions.at(-1) as UnappliedTransition;
    const made = run.transitions.filter(({ events }) => events.length > 0);
    if (made.length > 0) {
      history.push({
        run: state.run,
        branch: 0,
        firstEventId: (made[0] as UnappliedTransition).firstEventId,
        lastEventId: (made.at(-1) as UnappliedTransition).lastEventId,
        events: concatBytes(made.map(({ events }) => events)),
        clock: last.clock,
      });
    }
    runStates.push({
      run: state.run,
      version: last.version,
      state: run.state,
      clock: last.clock,
    });
    if (run.workflow !== null && run.entry !== undefined && run.entryChange !== null) {
      const { namespaceId, workflowId } = run.entry;
      workflows.push({
        namespaceId,
        workflowId,
        state: run.workflow,
        clock: run.entryChange.clock,
      });
    }
    if (run.wake !== null) wake.push(run.wake);
  }
  return { ...emptyFold, history, runStates, workflows, wake };
}
