// The store's rows: each can be read, the history of each run is whole (M2), nothing that waits is forgotten (M5), and the
// log goes on where the rows end (L2, L8).

import { decodeSnapshot, decodeWorkflowState, type ExecutionState } from '@perdure/core-execution';
import { outstandingOf, wakeOfferCodec } from '@perdure/core-shard';
import { type RunKey, runKeyText } from '@perdure/kernel';
import type { RunStateRow, StoreInspection } from '@perdure/ports';
import { decodeEvents, EventType } from '@perdure/wire';
import { cureOfRun, type Findings, restoreAll } from './findings.ts';
import type { LoggedRun } from './log-check.ts';

const closingTypes: ReadonlySet<number> = new Set([
  EventType.WorkflowExecutionCompleted,
  EventType.WorkflowExecutionFailed,
  EventType.WorkflowExecutionTimedOut,
  EventType.WorkflowExecutionCanceled,
  EventType.WorkflowExecutionTerminated,
  EventType.WorkflowExecutionContinuedAsNew,
]);

export interface StoreCounts {
  runs: number;
  openRuns: number;
  events: number;
  workflowIds: number;
  wakeRows: number;
  quarantined: number;
}

export class StoreCheck {
  readonly counts: StoreCounts = {
    runs: 0,
    openRuns: 0,
    events: 0,
    workflowIds: 0,
    wakeRows: 0,
    quarantined: 0,
  };
  readonly #store: StoreInspection;
  readonly #findings: Findings;
  readonly #logged: ReadonlyMap<string, LoggedRun>;
  readonly #nowUs: number;
  readonly #quarantined: ReadonlySet<string>;
  /** Run ids with a wake row. */
  readonly #wake = new Set<string>();
  readonly #met = new Set<string>();

  constructor(
    store: StoreInspection,
    logged: ReadonlyMap<string, LoggedRun>,
    findings: Findings,
    quarantined: ReadonlySet<string>,
    nowUs: number,
  ) {
    this.#quarantined = quarantined;
    this.counts.quarantined = quarantined.size;
    this.#store = store;
    this.#logged = logged;
    this.#findings = findings;
    this.#nowUs = nowUs;
  }

  /** Yields after each row, so that the caller can let others run. */
  *check(): Generator<void> {
    for (const damage of this.#store.damage()) {
      this.#findings.add('store', damage, 'store', [], restoreAll);
    }
    yield* this.#readHints();
    for (const row of this.#store.runStates()) {
      this.counts.runs += 1;
      this.#checkRun(row);
      yield;
    }
    for (const run of this.#store.runsWithoutState()) {
      const key = runKeyText(run);
      // A fold writes both in one transaction.
      const what = `run ${run.runId} has a history and no state`;
      if (!this.#logged.has(key)) this.#findings.add('M2', what, 'history', [run], cureOfRun);
      yield;
    }
    for (const [key, logged] of this.#logged) {
      if (!this.#met.has(key)) this.#joinLog(logged, 0, null);
      yield;
    }
  }

  /** The rows beside those of runs. */
  *#readHints(): Generator<void> {
    for (const row of this.#store.wake()) {
      this.counts.wakeRows += 1;
      this.#wake.add(row.run.runId);
      const { offer } = row;
      if (offer !== null) this.#reading('wake', [row.run], () => wakeOfferCodec.decode(offer));
      yield;
    }
    for (const { namespaceId, workflowId, state } of this.#store.workflows()) {
      this.counts.workflowIds += 1;
      const run = { namespaceId, workflowId, runId: '' };
      this.#reading('workflows', [run], () => decodeWorkflowState(state));
      yield;
    }
  }

  #reading<T>(table: string, runs: readonly RunKey[], read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      const of = runs.map(({ workflowId }) => workflowId).join();
      const what = `a row of ${of} cannot be read: ${(error as Error).message}`;
      this.#findings.add('store', what, table, runs, cureOfRun);
      return null;
    }
  }

  #checkRun(row: RunStateRow): void {
    const { run, version } = row;
    const key = runKeyText(run);
    this.#met.add(key);
    const state = this.#reading('run_state', [run], () => decodeSnapshot(run, row.state));
    if (state === null) return;
    const { progress } = state;
    const fault = (rule: 'L2' | 'M5', what: string): void =>
      this.#findings.add(rule, `run ${run.runId} ${what}`, 'run_state', [run], cureOfRun);
    if (progress.version !== version) {
      fault('L2', `holds the state of version ${progress.version} under version ${version}`);
    }
    const isOpen = progress.status === 1;
    if (isOpen) this.counts.openRuns += 1;
    this.#checkHistory(state, isOpen);
    const logged = this.#logged.get(key);
    if (logged !== undefined) this.#joinLog(logged, version, progress.nextEventId);
    const inTail = logged !== undefined && logged.lastVersion > version;
    const waits = !inTail && outstandingOf(state, this.#nowUs) !== null;
    if (waits && !this.#wake.has(run.runId)) fault('M5', 'waits for something and has no wake row');
  }

  #checkHistory({ run, progress }: ExecutionState, isOpen: boolean): void {
    const fault = (what: string): void =>
      this.#findings.add(
        'M2',
        `the history of run ${run.runId} ${what}`,
        'history',
        [run],
        cureOfRun,
      );
    let next = 1;
    let closedBy = 0;
    for (const row of this.#store.historyOf(run)) {
      const { firstEventId, lastEventId } = row;
      const events = this.#reading('history', [run], () => decodeEvents(row.events));
      if (events === null) return;
      if (firstEventId > next) fault(`lacks events ${next} to ${firstEventId - 1}`);
      const whole = events.length === lastEventId - firstEventId + 1;
      const inOrder = events.every(({ eventId }, at) => eventId === firstEventId + at);
      if (!whole || !inOrder)
        fault(`has other events than ${firstEventId} to ${lastEventId} in a row`);
      closedBy = events.find(({ eventType }) => closingTypes.has(eventType))?.eventId ?? closedBy;
      this.counts.events += Math.max(0, lastEventId + 1 - Math.max(next, firstEventId));
      next = Math.max(next, lastEventId + 1);
    }
    if (next !== progress.nextEventId) {
      fault(`ends at event ${next - 1}, its state at ${progress.nextEventId - 1}`);
    }
    const expected = isOpen ? 0 : progress.nextEventId - 1;
    if (closedBy !== expected) fault(isOpen ? `is closed by event ${closedBy}` : 'is not closed');
  }

  /** The log's part of a run stands on the store's, and holds all that the checkpoint says it holds. */
  #joinLog(logged: LoggedRun, version: number, nextEventId: number | null): void {
    const { run, firstVersion, firstWhere, appliedVersion, lastVersion } = logged;
    if (this.#quarantined.has(runKeyText(run))) return;
    if (logged.deleted) {
      // The removal of its rows is part of the fold that `applied` covers.
      if (version > 0 && appliedVersion === lastVersion) {
        const what = `run ${run.runId} is deleted, and the store has it still`;
        this.#findings.add('M2', what, firstWhere, [run], cureOfRun);
      }
      return;
    }
    for (const { what, where } of logged.gaps) {
      this.#findings.add('L2', what, where, [run], cureOfRun);
    }
    const fault = (rule: 'L2' | 'L8', what: string): void =>
      this.#findings.add(rule, `run ${run.runId}: ${what}`, firstWhere, [run], cureOfRun);
    if (firstVersion > version + 1) {
      fault('L2', `the store has version ${version}, the log goes on at ${firstVersion}`);
    }
    if (appliedVersion > version) {
      fault('L8', `applied covers version ${appliedVersion}, the store has ${version}`);
    }
    if (version > lastVersion) {
      fault('L8', `the store has version ${version}, the log ends at ${lastVersion}`);
    }
    const ends = logged.nextEventId;
    if (version === lastVersion && ends !== null && ends !== nextEventId) {
      fault('L2', `the log ends at event ${ends - 1}, the store at ${(nextEventId ?? 1) - 1}`);
    }
  }
}
