// Rebuilds the owner's memory from store and log tail after an opening (L2, L7, L9).
//
// R1. A run of the tail stands on its row in the store: transitions at or below the row's version are in it already.
// R2. A gap in a run's versions quarantines that run (L2); everything else is recovered.

import {
  decodeBody,
  decodeSnapshot,
  type ExecutionState,
  emptyState,
  fold,
} from '@perdure/core-execution';
import { type FramePosition, judgeVersion, type PendingTransition } from '@perdure/core-log';
import { type RunKey, runKeyText } from '@perdure/kernel';
import type { RunStateRow, Store } from '@perdure/ports';
import type { Loader } from './loader.ts';
import type { Owner } from './owner.ts';
import type { RunHandle, UnappliedTransition } from './run-handle.ts';

/** A transition above `applied`, as the log holds it. */
export interface TailTransition {
  readonly transition: PendingTransition;
  readonly clock: number;
  readonly position: FramePosition;
}

export interface Recovered {
  /** Runs of the tail, in the order in which they first occur. */
  readonly handles: readonly RunHandle[];
  readonly quarantined: readonly RunHandle[];
}

export async function recover(
  owner: Owner,
  loader: Loader,
  store: Store,
  tail: readonly TailTransition[],
): Promise<Recovered> {
  const bases = await readBases(store, tail);
  const handles = new Map<string, RunHandle>();
  const quarantined: RunHandle[] = [];
  const takenOverUs = owner.clock.nowUs();
  for (const { transition, clock, position } of tail) {
    const frame = owner.ledger.durable(position);
    const key = runKeyText(transition.run);
    let handle = handles.get(key);
    if (handle === undefined) {
      handle = adopt(owner, transition.run, bases.get(key) ?? null, takenOverUs);
      handles.set(key, handle);
    }
    const verdict = judgeVersion(handle.state.progress.version, transition.version);
    if (verdict === 'skip') {
      owner.ledger.stored(frame);
      continue;
    }
    if (verdict === 'gap' && handle.quarantined === null) {
      handle.quarantined = `version ${transition.version} follows version ${handle.state.progress.version}`;
      quarantined.push(handle);
    }
    // A quarantined run's transitions stay in the log: `applied` does not pass them (L12).
    if (handle.quarantined !== null) continue;
    await apply(owner, loader, handle, transition, { clock, frame });
  }
  return { handles: [...handles.values()], quarantined };
}

async function readBases(
  store: Store,
  tail: readonly TailTransition[],
): Promise<Map<string, RunStateRow>> {
  const runs = new Map<string, RunKey>();
  for (const { transition } of tail) runs.set(runKeyText(transition.run), transition.run);
  const rows = await Promise.all([...runs.values()].map((run) => store.readRunState(run)));
  const bases = new Map<string, RunStateRow>();
  for (const row of rows) if (row !== null) bases.set(runKeyText(row.run), row);
  return bases;
}

function adopt(
  owner: Owner,
  run: RunKey,
  base: RunStateRow | null,
  takenOverUs: number,
): RunHandle {
  const state: ExecutionState = base === null ? emptyState(run) : decodeSnapshot(run, base.state);
  return owner.adopt(state, takenOverUs, state.progress.nextEventId - 1);
}

async function apply(
  owner: Owner,
  loader: Loader,
  handle: RunHandle,
  transition: PendingTransition,
  place: { clock: number; frame: UnappliedTransition['frame'] },
): Promise<void> {
  const body = decodeBody(transition.body);
  fold(handle.state, body.delta);
  const record: UnappliedTransition = {
    version: transition.version,
    firstEventId: body.firstEventId,
    lastEventId: body.delta.progress.nextEventId - 1,
    events: body.events,
    bytes: transition.body.length,
    clock: place.clock,
    frame: place.frame,
  };
  handle.unapplied.push(record);
  handle.dirtySinceUs = owner.clock.nowUs();
  owner.unappliedBytes += record.bytes;
  if (body.workflow === null) return;
  const { namespaceId, workflowId, runId } = handle.state.run;
  const entry = await loader.workflow(namespaceId, workflowId);
  if (place.clock > entry.storedClock) {
    entry.apply(body.workflow, runId, record, owner.clock.nowUs());
  }
}
