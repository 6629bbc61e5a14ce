// Brings runs and workflow ids into memory. Two who ask for the same wait for one read.

import { decodeSnapshot, ownBytes } from '@perdure/core-execution';
import { notFound, RejectionError, type RunKey, runKeyText } from '@perdure/kernel';
import type { Store } from '@perdure/ports';
import type { Owner } from './owner.ts';
import { quarantinedError } from './refusals.ts';
import type { RunHandle } from './run-handle.ts';
import { workflowKeyText } from './workflow-entries.ts';
import { WorkflowEntry } from './workflow-entry.ts';

export class Loader {
  readonly #owner: Owner;
  readonly #store: Store;
  readonly #workflowReads = new Map<string, Promise<WorkflowEntry>>();
  readonly #runReads = new Map<string, Promise<RunHandle | null>>();
  readonly #onUse: (handle: RunHandle) => void;
  readonly #onOpenRun: (handle: RunHandle) => void;
  readonly #onMessages: (handle: RunHandle) => void;
  /** Runs of the quarantine table, with the reason (L12). */
  readonly quarantined: ReadonlyMap<string, string>;

  constructor(options: {
    readonly owner: Owner;
    readonly store: Store;
    readonly quarantined: ReadonlyMap<string, string>;
    /** Somebody asked for a run, which is in memory now. */
    readonly onUse: (handle: RunHandle) => void;
    /** An open run came into memory: nobody has offered its tasks since this owner took over (I15). */
    readonly onOpenRun: (handle: RunHandle) => void;
    /** A run with messages to other runs came into memory, open or closed (X3). */
    readonly onMessages: (handle: RunHandle) => void;
  }) {
    this.#owner = options.owner;
    this.#store = options.store;
    this.quarantined = options.quarantined;
    this.#onUse = options.onUse;
    this.#onOpenRun = options.onOpenRun;
    this.#onMessages = options.onMessages;
  }

  /** What is known of the workflow id; an entry without a current run when it was never used. */
  workflow(namespaceId: string, workflowId: string): WorkflowEntry | Promise<WorkflowEntry> {
    const key = workflowKeyText({ namespaceId, workflowId });
    const loaded = this.#owner.workflows.get(key);
    if (loaded !== undefined) {
      loaded.used = true;
      return loaded;
    }
    const known = this.#workflowReads.get(key);
    if (known !== undefined) return known;
    const read = this.#readWorkflow(namespaceId, workflowId, key);
    this.#workflowReads.set(key, read);
    return read;
  }

  async #readWorkflow(
    namespaceId: string,
    workflowId: string,
    key: string,
  ): Promise<WorkflowEntry> {
    try {
      const row = await this.#store.readWorkflow(namespaceId, workflowId);
      const entry = WorkflowEntry.read(namespaceId, workflowId, row);
      this.#owner.workflows.set(key, entry);
      return entry;
    } finally {
      this.#workflowReads.delete(key);
    }
  }

  /** The run, or null when there is none of that name, or none any more. */
  run(run: RunKey): RunHandle | null | Promise<RunHandle | null> {
    const key = runKeyText(run);
    const loaded = this.#owner.runs.get(key);
    if (loaded !== undefined) {
      this.#onUse(loaded);
      return loaded.deleted ? null : loaded;
    }
    const known = this.#runReads.get(key);
    if (known !== undefined) return known;
    const read = this.#readRun(run, key);
    this.#runReads.set(key, read);
    return read;
  }

  async #readRun(run: RunKey, key: string): Promise<RunHandle | null> {
    try {
      const row = await this.#store.readRunState(run);
      if (row === null) return null;
      const state = decodeSnapshot(run, row.state);
      ownBytes(state);
      const { takenOverUs } = this.#owner;
      const handle = this.#owner.adopt(state, takenOverUs, state.progress.nextEventId - 1);
      handle.quarantined = this.quarantined.get(key) ?? null;
      handle.stateBytes = row.state.length;
      if (handle.open && handle.quarantined === null) {
        this.#owner.arm(handle);
        this.#onOpenRun(handle);
      }
      if (state.outbox.size > 0) this.#onMessages(handle);
      this.#onUse(handle);
      return handle;
    } finally {
      this.#runReads.delete(key);
    }
  }

  /** Why the run is set aside; null: it is not. */
  quarantineOf(run: RunKey): string | null {
    return this.quarantined.get(runKeyText(run)) ?? null;
  }

  /**
   * The run that a request means: the one it names, else the current one of the workflow id. Rejects with NOT_FOUND
   * as clients expect it, and says so when the run is quarantined (L12).
   */
  async find(namespaceId: string, workflowId: string, runId: string): Promise<RunHandle> {
    const entry = runId === '' ? await this.workflow(namespaceId, workflowId) : null;
    const id = runId === '' ? (entry?.currentRunId ?? '') : runId;
    const handle = id === '' ? null : await this.run({ namespaceId, workflowId, runId: id });
    if (handle === null) throw await this.absent(workflowId);
    if (handle.quarantined !== null) throw quarantinedError(handle.state.run, handle.quarantined);
    return handle;
  }

  /**
   * As `find`, with what belongs to the workflow id. `act` begins while both stand as they are given to it: had it to be
   * waited for, what others do in the same turn could come between.
   */
  async findTogether<T>(
    { namespaceId, workflowId, runId }: RunKey,
    act: (found: { entry: WorkflowEntry; handle: RunHandle }) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const handle = await this.find(namespaceId, workflowId, runId);
      const entry = await this.workflow(namespaceId, workflowId);
      const meant = runId === '' ? entry.currentRunId : runId;
      const stands = handle.state.run.runId === meant && !handle.evicted && !handle.deleted;
      if (stands && !entry.evicted) return act({ entry, handle });
    }
  }

  /** That a run is not there may rest on a deletion which is not durable yet (W4). */
  async absent(workflowId: string): Promise<RejectionError> {
    await this.#owner.afterHead();
    return runNotFound(workflowId);
  }
}

export function runNotFound(workflowId: string): RejectionError {
  return new RejectionError(notFound(`workflow not found for ID: ${workflowId}`));
}
