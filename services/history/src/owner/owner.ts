// The owner of one LogPartition: the runs in memory, and the one way in which they change.
//
// O1. A run changes only by `commit`: head, log and effects in that order, in one turn (W1). No await lies between a
//     decision and its commit, so decisions on one run are serial without a lock.
// O2. Replies and reads go out through `durable` and `afterHead` only (W3, W4, I1).
// O3. In one process tasks are offered on head; what a worker gets is durable all the same, because its poll is answered
//     when the start, which stands behind the offer's cause in the log, is durable (W6).

import {
  type Effect,
  type ExecutionState,
  encodeBody,
  fold,
  type Moment,
  type Note,
  nextDueUs,
  type RunLimits,
  wake,
} from '@perdure/core-execution';
import { type FramePosition, GroupTooLarge } from '@perdure/core-log';
import { FrameLedger } from '@perdure/core-shard';
import {
  assert,
  InvariantError,
  RejectionError,
  type RunKey,
  reject,
  runKeyText,
} from '@perdure/kernel';
import type { Clock } from '@perdure/ports';
import type { Group } from '../log/group.ts';
import type { LogPump } from '../log/log-pump.ts';
import { type Pressure, pressureAt } from '../log/pressure.ts';
import { type Change, type CommitWaiter, lacksWorkflow, withSuccessors } from './change.ts';
import { IdleRuns } from './idle-runs.ts';
import { quarantinedError, refuseSilentLog, storeBehind, unavailable } from './refusals.ts';
import { RunHandle, type UnappliedTransition } from './run-handle.ts';
import { Sleepers } from './sleepers.ts';
import { type DueRun, TimerQueue } from './timer-queue.ts';
import { WorkflowEntries } from './workflow-entries.ts';
import type { WorkflowEntry } from './workflow-entry.ts';

/** What happens around a change; every listener is told in the turn of the commit or of its durability. */
export interface OwnerListeners {
  /** On head, same turn: its state is the one after the change. */
  effects(handle: RunHandle, effects: readonly Effect[], notes: readonly Note[]): void;
  /** The transition is durable. */
  durable(handle: RunHandle, transition: UnappliedTransition): void;
  /** A run that is due is not in memory: load it and call `wakeRun`. */
  loadDue(due: DueRun): void;
  /** A run that is due goes on in a next one, and its workflow id is not in memory: load it and call `wakeRun`. */
  loadWorkflow(run: RunKey): void;
  quarantined(handle: RunHandle, error: Error): void;
}

const silent: CommitWaiter = { durable: () => undefined, failed: () => undefined };

export class Owner {
  readonly clock: Clock;
  readonly pump: LogPump;
  readonly ledger: FrameLedger;
  readonly timers: TimerQueue;
  readonly sleepers: Sleepers;
  readonly runs = new Map<string, RunHandle>();
  /** Of them, those that the store has whole. */
  readonly idle = new IdleRuns();
  readonly workflows = new WorkflowEntries();
  /** W7: when this owner took over; heartbeats count from here at the earliest. */
  takenOverUs = 0;
  /** Bytes of durable transitions that the store lacks (W9). */
  unappliedBytes = 0;
  /** Requests refused under pressure. */
  readonly refusals = { starting: 0, other: 0 };
  readonly #limits: (namespaceId: string) => RunLimits;
  readonly #listeners: OwnerListeners;
  readonly #newId: () => string;

  constructor(options: {
    readonly clock: Clock;
    readonly pump: LogPump;
    readonly applied: FramePosition | null;
    readonly limits: (namespaceId: string) => RunLimits;
    readonly newId: () => string;
    readonly listeners: OwnerListeners;
  }) {
    this.clock = options.clock;
    this.pump = options.pump;
    this.ledger = new FrameLedger(options.applied);
    this.#limits = options.limits;
    this.#newId = options.newId;
    this.#listeners = options.listeners;
    this.timers = new TimerQueue(options.clock, (due) => this.#due(due));
    this.sleepers = new Sleepers(this.timers);
  }

  handle(run: RunKey): RunHandle | undefined {
    return this.runs.get(runKeyText(run));
  }

  /** The workflow id of a run, if it is in memory. */
  workflowOf({ state: { run } }: RunHandle): WorkflowEntry | undefined {
    return this.workflows.get(`${run.namespaceId}\0${run.workflowId}`);
  }

  /** Puts a run into memory. */
  adopt(state: ExecutionState, takenOverUs: number, storedEventId: number): RunHandle {
    const key = runKeyText(state.run);
    const handle = new RunHandle(key, state, takenOverUs, storedEventId);
    this.runs.set(key, handle);
    handle.armed = this.sleepers.take(key);
    return handle;
  }

  /** A run before its first transition: the commit of that puts it into memory. */
  begin(state: ExecutionState): RunHandle {
    return new RunHandle(runKeyText(state.run), state, 0, 0);
  }

  /** Takes a run out of memory; the store has all of it (I11). */
  evict(handle: RunHandle): void {
    assert(
      handle.unapplied.length === 0,
      'I11: a run that the store lacks a part of stays in memory',
    );
    handle.evicted = true;
    this.idle.remove(handle);
    this.runs.delete(handle.key);
  }

  /** How full the tail that the store lacks is; 1 = full (W9). */
  get tailShare(): number {
    return this.pump.tailShare(this.unappliedBytes, this.ledger.missing);
  }

  get pressure(): Pressure {
    return pressureAt(this.tailShare);
  }

  /** W9: refuses before anything is decided. `starting`: the request makes a new run, refused first. */
  refuseUnderPressure(starting: boolean): void {
    refuseSilentLog(this.pump.silentUs);
    const { pressure } = this;
    if (pressure === 'none' || (pressure === 'starts' && !starting)) return;
    this.refusals[starting ? 'starting' : 'other'] += 1;
    throw storeBehind();
  }

  /** Now, with the bounds of the namespace's runs. */
  moment(namespaceId: string): Moment {
    return { nowUs: this.clock.nowUs(), limits: this.#limits(namespaceId) };
  }

  /** Runs a decision on a run; an assertion that fails in it quarantines the run and nothing else (L12). */
  decide<T>(handle: RunHandle, decision: (state: ExecutionState, at: Moment) => T): T {
    if (handle.quarantined !== null) throw quarantinedError(handle.state.run, handle.quarantined);
    try {
      return decision(handle.state, this.moment(handle.state.run.namespaceId));
    } catch (error) {
      if (!(error instanceof InvariantError)) throw error;
      handle.quarantined = error.message;
      this.#listeners.quarantined(handle, error);
      throw quarantinedError(handle.state.run, error.message);
    }
  }

  /** O1. Several transitions decided together are one group: they are durable together or not at all. */
  commit(decided: readonly Change[], waiter: CommitWaiter = silent): void {
    const changes = withSuccessors(this, decided);
    const records = changes.map(({ handle, transition: { body } }) => {
      assert(!handle.evicted, 'a run that left memory is loaded again before it changes');
      assert(!handle.deleted, 'nothing follows the deletion of a run (S4)');
      assert(
        body.delta.progress.version === handle.state.progress.version + 1,
        'O1: a change is committed in the turn in which it was decided',
      );
      const bytes = encodeBody(body);
      const record: UnappliedTransition = {
        version: body.delta.progress.version,
        firstEventId: body.firstEventId,
        lastEventId: body.delta.progress.nextEventId - 1,
        events: body.events,
        bytes: bytes.length,
        shown: null,
        clock: 0,
        frame: null,
      };
      return { handle, record, body: bytes };
    });
    this.#append(this.#group(records, waiter));
    const nowUs = this.clock.nowUs();
    for (const [index, { handle, entry, transition }] of changes.entries()) {
      const { delta, workflow } = transition.body;
      const record = (records[index] as { record: UnappliedTransition }).record;
      if (handle.state.progress.version === 0) this.runs.set(handle.key, handle);
      fold(handle.state, delta);
      if (delta.memo !== null || delta.searchAttributes !== null) {
        const { memo, searchAttributes } = handle.state;
        record.shown = { memo, searchAttributes };
      }
      if (handle.unapplied.length === 0) handle.dirtySinceUs = nowUs;
      this.idle.remove(handle);
      handle.unapplied.push(record);
      handle.inFlight += 1;
      if (workflow !== null) entry?.apply(workflow, handle.state.run.runId, record, nowUs);
      if (transition.body.deletes) {
        handle.deleted = true;
        entry?.runDeleted(handle.state.run.runId, record);
      }
    }
    for (const { handle, transition } of changes) {
      this.arm(handle);
      this.#listeners.effects(handle, transition.effects, transition.notes);
    }
  }

  /** A change that no record can hold is refused with nothing changed (W2). */
  #append(group: Group): void {
    try {
      this.pump.append(group);
    } catch (error) {
      if (!(error instanceof GroupTooLarge)) throw error;
      throw new RejectionError(reject('INVALID_ARGUMENT', error.message));
    }
  }

  #group(
    records: readonly { handle: RunHandle; record: UnappliedTransition; body: Uint8Array }[],
    waiter: CommitWaiter,
  ): Group {
    return {
      transitions: records.map(({ handle, record, body }) => ({
        run: handle.state.run,
        version: record.version,
        body,
      })),
      durable: (frame, firstClock) => {
        let clock = firstClock;
        for (const { handle, record } of records) {
          record.clock = clock++;
          record.frame = this.ledger.durable(frame, record.clock);
          handle.inFlight -= 1;
          this.unappliedBytes += record.bytes;
        }
        waiter.durable();
        for (const { handle, record } of records) {
          this.#listeners.durable(handle, record);
          handle.notify();
        }
      },
      failed: (fault) => waiter.failed(fault),
    };
  }

  /** Puts the run into the timer queue if it is due earlier than it stands there. */
  arm(handle: RunHandle): void {
    const dueUs = nextDueUs(handle.state, handle.takenOverUs);
    const { armed } = handle;
    const stands = handle.open && (dueUs === null || (armed !== null && armed.dueUs <= dueUs));
    if (stands) return;
    if (armed !== null) this.timers.remove(armed);
    handle.armed = dueUs === null ? null : { dueUs, run: handle.state.run, at: -1 };
    if (handle.armed !== null) this.timers.add(handle.armed);
  }

  #due(due: DueRun): void {
    const key = runKeyText(due.run);
    const handle = this.runs.get(key);
    if (handle === undefined) {
      this.sleepers.take(key);
      this.#listeners.loadDue(due);
    } else {
      if (handle.armed === due) handle.armed = null;
      this.wakeRun(handle);
    }
  }

  /** Lets happen what is due in the run. */
  wakeRun(handle: RunHandle): void {
    if (handle.quarantined !== null || !handle.open) return;
    try {
      const transition = this.decide(handle, (state, at) =>
        wake(state, at, handle.takenOverUs, this.#newId()),
      );
      if (transition === null) this.arm(handle);
      else if (lacksWorkflow(this, handle, transition)) {
        this.#listeners.loadWorkflow(handle.state.run);
      } else this.commit([{ handle, entry: null, transition }]);
    } catch (error) {
      // `decide` has quarantined the run and told of it.
      if (!(error instanceof RejectionError)) throw error;
    }
  }

  /** Resolves when everything decided so far is durable (W4). */
  afterHead(): Promise<void> {
    return new Promise((resolve, rejectWith) => {
      this.pump.afterHead({ durable: resolve, failed: (fault) => rejectWith(unavailable(fault)) });
    });
  }
}
