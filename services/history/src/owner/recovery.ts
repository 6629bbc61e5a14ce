// Rebuilds the owner's memory from store and log tail after an opening (L2, L7, L9).
//
// R1. A run of the tail stands on its row in the store: transitions at or below the row's version are in it already.
// R2. A run whose deletion stands in the tail needs none of what is missing before it: its transitions up to there are
//     skipped, and the deletion is carried out again (L2, L9).
// R3. Any other gap in a run's versions, or a transition that cannot be read, quarantines that run (L2, L12): its
//     transitions from there on go to the quarantine table as they are, and `applied` may pass them. Everything else is
//     recovered.
// R4. A run that was set aside before has its transitions applied as any other: what was acknowledged before that is valid.
// R5. What is needed of the store is read side by side before anything is applied: one after the other, the reads of a full
//     tail would take longer than the whole take-over may.

import {
  decodeBody,
  decodeSnapshot,
  decodeWorkflowBody,
  type ExecutionState,
  emptyState,
  fold,
  type TransitionBody,
  UnknownFormat,
  type WorkflowDelta,
} from '@perdure/core-execution';
import { judgeVersion, type PendingTransition } from '@perdure/core-log';
import type { OpenFrame } from '@perdure/core-shard';
import { type RunKey, runKeyText } from '@perdure/kernel';
import { emptyFold, type QuarantineRow, type RunStateRow, type Store } from '@perdure/ports';
import type { TailTransition } from '../log/open-tail.ts';
import type { Loader } from './loader.ts';
import type { Owner } from './owner.ts';
import type { RunHandle, UnappliedTransition } from './run-handle.ts';
import { workflowChange } from './workflow-commit.ts';
import type { WorkflowEntry } from './workflow-entry.ts';

/** Runs of the tail, in the order in which they first occur. */
export interface Recovered {
  readonly handles: readonly RunHandle[];
  readonly quarantined: readonly QuarantineRow[];
  /** Workflow ids that changed without a run. */
  readonly workflows: readonly WorkflowEntry[];
}

export async function recover(
  owner: Owner,
  loader: Loader,
  store: Store,
  tail: readonly TailTransition[],
): Promise<Recovered> {
  const bodies = tail.map(bodyOf);
  const [bases] = await Promise.all([readBases(store, tail), readWorkflows(loader, tail, bodies)]);
  const handles = new Map<string, RunHandle>();
  const quarantined: QuarantineRow[] = [];
  const passed: OpenFrame[] = [];
  const workflows = new Set<WorkflowEntry>();
  const takenOverUs = owner.clock.nowUs();
  owner.takenOverUs = takenOverUs;
  let deletions: ReadonlyMap<string, number> | null = null;
  for (const [at, { transition, clock, position }] of tail.entries()) {
    const frame = owner.ledger.durable(position, clock);
    if (transition.run.runId === '') {
      const place = { clock, frame };
      const { entry, unreadable } = await applyAlone(owner, loader, transition, place);
      if (entry !== null) workflows.add(entry);
      if (unreadable === null) continue;
      const { run, version, body } = transition;
      quarantined.push({ run, version, reason: unreadable, transition: body, clock });
      passed.push(frame);
      continue;
    }
    const key = runKeyText(transition.run);
    let handle = handles.get(key);
    if (handle === undefined) {
      handle = adopt(owner, transition.run, bases.get(key) ?? null, takenOverUs);
      handles.set(key, handle);
    }
    const verdict = judgeVersion(handle.state.progress.version, transition.version);
    if (verdict === 'gap' && handle.quarantined === null) deletions ??= deletionsOf(tail, bodies);
    const deletedAt = deletions?.get(key) ?? 0;
    if (verdict === 'skip' || (verdict === 'gap' && transition.version < deletedAt)) {
      owner.ledger.stored(frame);
      continue;
    }
    const place = { transition, body: bodies[at] ?? null, clock, frame };
    await apply(owner, loader, handle, place);
    if (handle.quarantined === null) continue;
    const { run, version, body } = transition;
    quarantined.push({ run, version, reason: handle.quarantined, transition: body, clock });
    passed.push(frame);
  }
  if (quarantined.length > 0) await store.write({ ...emptyFold, quarantine: quarantined });
  for (const frame of passed) owner.ledger.stored(frame);
  for (const handle of handles.values())
    handle.quarantined ??= loader.quarantineOf(handle.state.run);
  return { handles: [...handles.values()], quarantined, workflows: [...workflows] };
}

/** Of a transition; what was thrown when it cannot be read; null: it changes the workflow id alone. */
type Body = TransitionBody | { readonly unreadable: unknown } | null;

function bodyOf({ transition }: TailTransition): Body {
  if (transition.run.runId === '') return null;
  try {
    return decodeBody(transition.body);
  } catch (unreadable) {
    return { unreadable };
  }
}

/** What a newer server wrote is refused as a whole; what is damaged quarantines its run when it comes to it. */
function readable(body: Body): TransitionBody | null {
  if (body === null || !('unreadable' in body)) return body;
  if (body.unreadable instanceof UnknownFormat) throw body.unreadable;
  return null;
}

/** Version of the deletion of each run that the tail deletes. */
function deletionsOf(
  tail: readonly TailTransition[],
  bodies: readonly Body[],
): Map<string, number> {
  const deletions = new Map<string, number>();
  for (const [at, { transition }] of tail.entries()) {
    if (readable(bodies[at] ?? null)?.deletes !== true) continue;
    deletions.set(runKeyText(transition.run), transition.version);
  }
  return deletions;
}

/** R5: brings the workflow ids into memory that the tail changes. */
async function readWorkflows(
  loader: Loader,
  tail: readonly TailTransition[],
  bodies: readonly Body[],
): Promise<void> {
  const reads: Promise<WorkflowEntry>[] = [];
  for (const [at, { transition }] of tail.entries()) {
    const body = bodies[at] ?? null;
    const changed =
      body === null || ('deletes' in body && (body.deletes || body.workflow !== null));
    const { namespaceId, workflowId } = transition.run;
    if (changed) reads.push(Promise.resolve(loader.workflow(namespaceId, workflowId)));
  }
  await Promise.all(reads);
}

async function readBases(
  store: Store,
  tail: readonly TailTransition[],
): Promise<Map<string, RunStateRow>> {
  const runs = new Map<string, RunKey>();
  for (const { transition } of tail) {
    if (transition.run.runId !== '') runs.set(runKeyText(transition.run), transition.run);
  }
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

function reasonOf(body: Body): string {
  return body !== null && 'unreadable' in body ? (body.unreadable as Error).message : '';
}

/** Why the transition cannot be applied; null: it can. */
function fault(handle: RunHandle, { version }: PendingTransition, deletes: boolean): string | null {
  const { version: held } = handle.state.progress;
  return version === held + 1 || deletes ? null : `version ${version} follows version ${held}`;
}

/** Applies a change of a workflow id alone, unless the store has it (X2, X3). No run is set aside for one that is damaged. */
async function applyAlone(
  owner: Owner,
  loader: Loader,
  { body, run }: PendingTransition,
  place: { readonly clock: number; readonly frame: OpenFrame },
): Promise<{ entry: WorkflowEntry | null; unreadable: string | null }> {
  let delta: WorkflowDelta;
  try {
    delta = decodeWorkflowBody(body);
  } catch (error) {
    if (error instanceof UnknownFormat) throw error;
    const unreadable = `a change of the workflow id cannot be read: ${(error as Error).message}`;
    return { entry: null, unreadable };
  }
  const entry = await loader.workflow(run.namespaceId, run.workflowId);
  if (place.clock <= entry.storedClock) {
    owner.ledger.stored(place.frame);
    return { entry: null, unreadable: null };
  }
  const change = Object.assign(workflowChange(body), place);
  entry.applyAlone(delta, change, owner.clock.nowUs());
  owner.unappliedBytes += change.bytes;
  return { entry, unreadable: null };
}

/** Applies the run's next transition, or quarantines the run. */
async function apply(
  owner: Owner,
  loader: Loader,
  handle: RunHandle,
  place: {
    readonly transition: PendingTransition;
    readonly body: Body;
    readonly clock: number;
    readonly frame: OpenFrame;
  },
): Promise<void> {
  if (handle.quarantined !== null) return;
  const { transition } = place;
  const body = readable(place.body);
  if (body === null) {
    handle.quarantined = `a transition cannot be read: ${reasonOf(place.body)}`;
    return;
  }
  handle.quarantined = fault(handle, transition, body.deletes);
  if (handle.quarantined !== null) return;
  fold(handle.state, body.delta);
  handle.deleted = body.deletes;
  const record: UnappliedTransition = {
    version: transition.version,
    firstEventId: body.firstEventId,
    lastEventId: body.delta.progress.nextEventId - 1,
    events: body.events,
    bytes: transition.body.length,
    shown: null,
    clock: place.clock,
    frame: place.frame,
  };
  handle.unapplied.push(record);
  handle.dirtySinceUs = owner.clock.nowUs();
  owner.unappliedBytes += record.bytes;
  if (body.workflow === null && !body.deletes) return;
  const { namespaceId, workflowId, runId } = handle.state.run;
  const entry = await loader.workflow(namespaceId, workflowId);
  if (place.clock <= entry.storedClock) return;
  if (body.workflow !== null) entry.apply(body.workflow, runId, record, owner.clock.nowUs());
  if (body.deletes) entry.runDeleted(runId, record);
}
