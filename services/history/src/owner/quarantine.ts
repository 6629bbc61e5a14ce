// Runs that are set aside (L12): an assertion failed in a transition of theirs, or a part of their log cannot be applied.
//
// Q1. A row of the quarantine table says so, and outlives the process. A row holds the transition that was not applied,
//     byte by byte, or none when the run failed before it made one.
// Q2. Nothing of the run changes, and nothing of it is told: what was acknowledged may stand in the rows. All other runs
//     are served.
// Q3. A release reads the run anew and applies the rows in order, all of them or none; when the store has them the rows go,
//     and only then is the run served. A crash in between leaves it set aside, with rows that say nothing new.

import {
  decodeBody,
  decodeSnapshot,
  type ExecutionState,
  emptyState,
  encodeSnapshot,
  fold,
  type TransitionBody,
  wake,
} from '@perdure/core-execution';
import {
  noBytes,
  notFound,
  RejectionError,
  type RunKey,
  reject,
  runKeyText,
} from '@perdure/kernel';
import { emptyFold, type QuarantineRow, type Store } from '@perdure/ports';
import type { Dispatch } from './dispatch.ts';
import type { Folder } from './folder.ts';
import type { Loader } from './loader.ts';
import type { Owner } from './owner.ts';
import type { RunHandle, UnappliedTransition } from './run-handle.ts';
import type { VisibilityFeed } from './visibility-feed.ts';
import type { WorkflowEntry } from './workflow-entry.ts';

/** More rows than this are not read: something else is wrong then. */
export const quarantineRowsMax = 10_000;

export interface QuarantinedRun {
  readonly run: RunKey;
  readonly reason: string;
  readonly transitionsKept: number;
  readonly sinceUs: number;
}

export interface QuarantineOptions {
  readonly owner: Owner;
  readonly store: Store;
  readonly loader: Loader;
  readonly folder: Folder;
  readonly dispatch: Dispatch;
  readonly feed: VisibilityFeed;
  /** Messages of the run may go on their way again. */
  readonly onReleased: (handle: RunHandle) => void;
  /** By run: why it is set aside. Shared with the loader. */
  readonly reasons: Map<string, string>;
}

/** A row that was read well. */
interface ReadRow {
  readonly row: QuarantineRow;
  readonly body: TransitionBody;
}

export class Quarantine {
  readonly #options: QuarantineOptions;
  /** Rows on their way to the store. */
  #writing: Promise<unknown> = Promise.resolve();
  readonly #releasing = new Set<string>();
  /** Highest clock of a row that was released: what is set aside after that is younger, and stays. */
  #releasedTo = 0;

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** An assertion failed in the run. Resolves when that outlives the process. */
  set(handle: RunHandle, reason: string): Promise<void> {
    const { owner, store, reasons } = this.#options;
    const { run, progress } = handle.state;
    reasons.set(handle.key, reason);
    const clock = Math.max(progress.clockUs, owner.clock.nowUs(), this.#releasedTo + 1);
    const row = { run, version: progress.version + 1, reason, transition: noBytes, clock };
    const written = store.write({ ...emptyFold, quarantine: [row] });
    this.#writing = Promise.allSettled([this.#writing, written]);
    return written;
  }

  async list(): Promise<QuarantinedRun[]> {
    const runs = new Map<string, QuarantinedRun>();
    for (const row of await this.#rows()) {
      const key = runKeyText(row.run);
      const known = runs.get(key);
      runs.set(key, {
        run: row.run,
        reason: this.#options.reasons.get(key) ?? row.reason,
        transitionsKept: (known?.transitionsKept ?? 0) + (row.transition.length > 0 ? 1 : 0),
        sinceUs: known?.sinceUs ?? row.clock,
      });
    }
    return [...runs.values()];
  }

  /** Q3. Rejects with FAILED_PRECONDITION and why when the run cannot go on; it stays set aside then. */
  async release(run: RunKey): Promise<{ transitionsApplied: number; version: number }> {
    const key = runKeyText(run);
    if (!this.#options.reasons.has(key)) {
      throw new RejectionError(notFound(`run ${run.runId} is not quarantined`));
    }
    if (this.#releasing.has(key)) throw refused('it is being released already');
    this.#releasing.add(key);
    try {
      return await this.#release(run, key);
    } finally {
      this.#releasing.delete(key);
    }
  }

  async #release(
    run: RunKey,
    key: string,
  ): Promise<{ transitionsApplied: number; version: number }> {
    const { owner, loader, folder, feed, store, reasons, dispatch } = this.#options;
    const kept = (await this.#rows()).filter((row) => runKeyText(row.run) === key);
    const loaded = owner.runs.get(key);
    if (loaded !== undefined) await folder.stored(loaded);
    if (loaded !== undefined && !loaded.evicted) owner.evict(loaded);
    const entry = await loader.workflow(run.namespaceId, run.workflowId);
    const handle = (await loader.run(run)) ?? owner.adopt(emptyState(run), owner.clock.nowUs(), 0);
    const rows = this.#tryOut(handle, kept);
    for (const row of rows) applyRow(owner, handle, entry, row);
    if (rows.length > 0) {
      feed.replayed(handle, 0);
      await folder.stored(handle);
    }
    const clock = Math.max(...kept.map((row) => row.clock));
    this.#releasedTo = Math.max(this.#releasedTo, clock);
    await store.write({
      ...emptyFold,
      quarantineReleased: kept.length === 0 ? [] : [{ run, clock }],
    });
    reasons.delete(key);
    handle.quarantined = null;
    const { version } = handle.state.progress;
    if (!handle.evicted && handle.open) {
      owner.arm(handle);
      dispatch.offerAll(handle);
    }
    this.#options.onReleased(handle);
    handle.notify();
    return { transitionsApplied: rows.length, version };
  }

  /** The rows that the run lacks, if all of them can be applied to a copy of it; else a rejection that says why not. */
  #tryOut(handle: RunHandle, kept: readonly QuarantineRow[]): ReadRow[] {
    const { owner } = this.#options;
    const { run } = handle.state;
    const trial =
      handle.state.progress.version === 0
        ? emptyState(run)
        : decodeSnapshot(run, encodeSnapshot(handle.state));
    const rows: ReadRow[] = [];
    try {
      for (const row of kept.toSorted((a, b) => a.version - b.version)) {
        if (row.transition.length === 0 || row.version <= trial.progress.version) continue;
        rows.push({ row, body: nextBody(trial, row) });
      }
      if (trial.progress.version === 0) throw new Error('nothing of it is known');
      wake(trial, owner.moment(run.namespaceId), owner.clock.nowUs(), run.runId);
      return rows;
    } catch (error) {
      const why = (error as Error).message;
      this.#options.reasons.set(handle.key, why);
      handle.quarantined = why;
      throw refused(why);
    }
  }

  async #rows(): Promise<readonly QuarantineRow[]> {
    await this.#writing;
    return this.#options.store.readQuarantine(quarantineRowsMax);
  }
}

/** Folds the row into the state. Throws when it is not the next, or cannot be read. */
function nextBody(state: ExecutionState, { version, transition }: QuarantineRow): TransitionBody {
  const held = state.progress.version;
  const gap = version === held + 1 ? null : `version ${version} follows version ${held}`;
  let body: TransitionBody;
  try {
    body = decodeBody(transition);
  } catch (cause) {
    throw new Error(gap ?? `version ${version} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  // A deletion needs none of what is missing before it (L2).
  if (gap !== null && !body.deletes) throw new Error(gap);
  fold(state, body.delta);
  return body;
}

function applyRow(
  owner: Owner,
  handle: RunHandle,
  entry: WorkflowEntry,
  { row, body }: ReadRow,
): void {
  fold(handle.state, body.delta);
  const record: UnappliedTransition = {
    version: row.version,
    firstEventId: body.firstEventId,
    lastEventId: body.delta.progress.nextEventId - 1,
    events: body.events,
    bytes: row.transition.length,
    shown: null,
    clock: row.clock,
    // The log has been allowed to forget it.
    frame: null,
  };
  handle.unapplied.push(record);
  owner.unappliedBytes += record.bytes;
  const changedAt = Math.max(entry.storedClock, entry.lastChange?.clock ?? 0);
  if (row.clock > changedAt && body.workflow !== null) {
    entry.apply(body.workflow, handle.state.run.runId, record, owner.clock.nowUs());
  }
  if (!body.deletes) return;
  handle.deleted = true;
  entry.runDeleted(handle.state.run.runId, record);
}

function refused(why: string): RejectionError {
  const message = `the run stays in quarantine: ${why}`;
  return new RejectionError(reject('FAILED_PRECONDITION', message));
}
