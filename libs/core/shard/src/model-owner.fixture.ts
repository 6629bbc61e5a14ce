// One workflow id at an owner of it, as pure data: replayed from the log, changed on head, durable when it is told so.

import {
  decodeBody,
  decodeWorkflowBody,
  type ExecutionState,
  emptyState,
  encodeBody,
  encodeWorkflowBody,
  fold,
  type Transition,
  type WorkflowDelta,
} from '@perdure/core-execution';
import { noBytes } from '@perdure/kernel';
import { DedupKeys } from './dedup.ts';
import { attemptsOverUs, type MessageAttempts } from './message-attempts.ts';

/** What a log holds: of a run, or of the workflow id alone. */
export interface Entry {
  readonly runId: string;
  readonly body: Uint8Array;
  readonly clockUs: number;
}

/** One workflow id at its owner: replayed from the log, changed on head. */
export class ModelOwner {
  readonly runs = new Map<string, ExecutionState>();
  readonly keys = new DedupKeys([]);
  currentRunId = '';
  /** Of the newest frame known to be durable, its clock: what attempts rest on (T1). */
  acknowledgedUs: number;
  readonly skewUs: number;
  readonly attempts = new Map<string, MessageAttempts>();
  /** Decided and not durable; with what is to be said when it is. */
  #open: { readonly entry: Entry; readonly tell: () => void }[] = [];
  /** Versions up to here are durable, by run. */
  readonly #durable = new Map<string, number>();
  readonly othersOverUs: number;
  /** A "no" that was not believed: attempts before this would only put off the one that will be. */
  patientUntilUs = 0;
  readonly #workflowId: string;

  constructor(workflowId: string, log: readonly Entry[], skewUs: number, nowUs: number) {
    this.#workflowId = workflowId;
    this.skewUs = skewUs;
    for (const entry of log) this.#apply(entry);
    for (const [id, { progress }] of this.runs) this.#durable.set(id, progress.version);
    this.acknowledgedUs = Math.max(nowUs + skewUs, (log.at(-1)?.clockUs ?? 0) + 1);
    // Before the first owner of an empty log there was none.
    this.othersOverUs = log.length === 0 ? 0 : attemptsOverUs(this.acknowledgedUs);
  }

  #apply({ body, clockUs, runId }: Entry): void {
    if (runId === '') {
      this.keys.add(decodeWorkflowBody(body).keys, clockUs);
      return;
    }
    const { delta, workflow } = decodeBody(body);
    const run = { namespaceId: 'n', workflowId: this.#workflowId, runId };
    const state = this.runs.get(runId) ?? emptyState(run);
    this.runs.set(runId, state);
    fold(state, delta);
    if (workflow?.makesCurrent) this.currentRunId = runId;
    if (workflow !== null) this.keys.add(workflow.keys, clockUs);
  }

  /** Of the run, up to which version it is durable. */
  durableVersion(runId: string): number {
    return this.#durable.get(runId) ?? 0;
  }

  commit(runId: string, change: Transition | WorkflowDelta, nowUs: number, tell = () => {}): void {
    const body = 'body' in change ? encodeBody(change.body) : encodeWorkflowBody(change);
    const entry = { runId, body, clockUs: nowUs };
    this.#apply(entry);
    this.#open.push({ entry, tell });
  }

  /** Says something that rests on head, once head is durable and the owner has proved itself (W4). */
  afterHead(tell: () => void): void {
    this.#open.push({ entry: { runId: '', body: noBytes, clockUs: 0 }, tell });
  }

  /** Everything decided becomes durable, with a barrier if there is nothing. Only for the owner that owns. */
  acknowledge(log: Entry[], nowUs: number): void {
    const clockUs = Math.max(nowUs, (log.at(-1)?.clockUs ?? 0) + 1);
    const open = this.#open;
    this.#open = [];
    for (const { entry } of open) if (entry.body.length > 0) log.push({ ...entry, clockUs });
    this.acknowledgedUs = clockUs;
    for (const [id, { progress }] of this.runs) this.#durable.set(id, progress.version);
    for (const { tell } of open) tell();
  }
}
