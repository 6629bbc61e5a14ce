// What belongs to a workflow id in memory: its current run and its live dedup keys (W8).

import {
  type DedupKey,
  decodeWorkflowState,
  encodeWorkflowState,
  type WorkflowDelta,
} from '@perdure/core-execution';
import { DedupKeys } from '@perdure/core-shard';
import type { UnappliedTransition } from './run-handle.ts';

export class WorkflowEntry {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** Empty: no run was ever started. */
  currentRunId: string;
  readonly keys: DedupKeys;
  /** Clock of the newest change that is in the store. */
  storedClock: number;
  /** The transition that changed the entry last; null: the store has everything. */
  lastChange: UnappliedTransition | null = null;
  /** Changes that no run bears and that the log is still needed for, oldest first. */
  alone: UnappliedTransition[] = [];
  /** Somebody asked for it since the last sweep. */
  used = true;
  /** Left memory: whoever still holds it must ask for it again. */
  evicted = false;

  constructor(
    namespaceId: string,
    workflowId: string,
    currentRunId: string,
    keys: Iterable<DedupKey>,
    storedClock: number,
  ) {
    this.namespaceId = namespaceId;
    this.workflowId = workflowId;
    this.currentRunId = currentRunId;
    this.keys = new DedupKeys(keys);
    this.storedClock = storedClock;
  }

  static read(
    namespaceId: string,
    workflowId: string,
    row: { state: Uint8Array; clock: number } | null,
  ): WorkflowEntry {
    if (row === null) return new WorkflowEntry(namespaceId, workflowId, '', [], 0);
    const state = decodeWorkflowState(row.state);
    return new WorkflowEntry(namespaceId, workflowId, state.currentRunId, state.keys, row.clock);
  }

  apply(delta: WorkflowDelta, runId: string, change: UnappliedTransition, nowUs: number): void {
    if (delta.makesCurrent) this.currentRunId = runId;
    this.keys.add(delta.keys, nowUs);
    this.lastChange = change;
  }

  /** A change without a run. */
  applyAlone(delta: WorkflowDelta, change: UnappliedTransition, nowUs: number): void {
    this.apply(delta, '', change, nowUs);
    this.alone.push(change);
  }

  /** The store has the entry as it was with this change, which is durable. */
  stored(change: UnappliedTransition): void {
    this.storedClock = Math.max(this.storedClock, change.clock);
    if (this.lastChange === change) this.lastChange = null;
  }

  /** The run is deleted. The keys stay for their time, whatever becomes of their run (W8). */
  runDeleted(runId: string, change: UnappliedTransition): void {
    if (this.currentRunId !== runId) return;
    this.currentRunId = '';
    this.lastChange = change;
  }

  /** Nothing is left of the id that a later request would have to know. */
  isEmpty(nowUs: number): boolean {
    return this.currentRunId === '' && this.keys.live(nowUs).length === 0;
  }

  encode(nowUs: number): Uint8Array {
    return encodeWorkflowState(this.currentRunId, this.keys.live(nowUs));
  }
}
