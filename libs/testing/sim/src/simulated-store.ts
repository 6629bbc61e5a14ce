// The store of a simulated machine: rows that win by clock, and writes whose outcome is not what their caller was told.
//
// T1. A write has its effect in three steps, in the order of M3: history and wake rows, then states, then `applied`.
//     Whatever failed has had none, some or all of them.
// T2. A write that failed, or one that did not, may take effect (once more) seconds later: among later writes, and in the
//     life of a later process. Rows win by clock, and a removal hides what is older for ever (M1): such a store keeps its
//     tombstones.
// T3. A read sees every write that was resolved before the read was made. Of the others it may see some.
// T4. A power cut takes a suffix of the steps that no `sync` covered, and all that is still on its way.

import { emptyFold, type FoldBatch, Removals, type RunKey, type Store } from '@perdure/ports';
import { createMemoryStore } from '@perdure/store-memory';
import type { Agenda, AgendaEntry, Host } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { Sightings } from './sightings.ts';
import type { WriteFate } from './store-troubles.ts';

export interface SimulatedStoreOptions {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly sightings: Sightings;
  /** What becomes of the next write. */
  readonly fate: () => WriteFate;
  /** Told of every step that took effect. */
  readonly onEffect: (step: FoldBatch) => void;
}

export class SimulatedStore {
  rows: Store = createMemoryStore();
  readonly #options: SimulatedStoreOptions;
  #removals = new Removals();
  /** Steps in the order of their effects. */
  readonly #effects: FoldBatch[] = [];
  #synced = 0;
  /** Effects that are still to come, although their caller knows of none. */
  readonly #late = new Set<AgendaEntry>();

  constructor(options: SimulatedStoreOptions) {
    this.#options = options;
  }

  /** As a process sees it. `serving`: it has opened. */
  portFor(host: Host, serving: () => boolean): Store {
    const { sightings } = this.#options;
    const failed = new Set<string>();
    const { rows } = this;
    return new Proxy(rows, {
      get: (target, name) => {
        if (name === 'write') return (batch: FoldBatch) => this.#write(host, batch, failed);
        if (name === 'sync') {
          return async () => {
            await target.sync();
            this.#synced = this.#effects.length;
          };
        }
        if (name === 'readRunState') {
          return async (run: RunKey) => {
            const row = await target.readRunState(run);
            if (row !== null && serving()) sightings.seen('run loaded again');
            return row;
          };
        }
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }

  async powerFailed(): Promise<void> {
    const { agenda, chance, sightings } = this.#options;
    for (const entry of this.#late) agenda.cancel(entry);
    this.#late.clear();
    const kept = this.#synced + chance.below(this.#effects.length - this.#synced + 1);
    if (kept < this.#effects.length) sightings.seen('store lost suffix');
    this.#effects.length = kept;
    this.#synced = kept;
    this.rows = createMemoryStore();
    this.#removals = new Removals();
    for (const step of this.#effects) await this.rows.write(this.#visible(step));
  }

  async #write(host: Host, batch: FoldBatch, failed: Set<string>): Promise<void> {
    const { fate, chance, sightings } = this.#options;
    const key = keyOf(batch);
    if (failed.delete(key)) sightings.seen('store write retried');
    const { steps, stepwise, rejects, late } = fate();
    const todo = stepsOf(batch);
    const cut = steps === 'all' ? todo.length : steps === 'none' ? 0 : chance.below(todo.length);
    if (late) this.#comesLate(host, todo, rejects !== null);
    for (const [index, step] of todo.slice(0, cut).entries()) {
      if (stepwise && index > 0) await this.#pause(host);
      await this.#effect(step);
    }
    if (rejects === null) return;
    failed.add(key);
    throw rejects;
  }

  async #effect(step: FoldBatch): Promise<void> {
    this.#effects.push(step);
    this.#options.onEffect(step);
    await this.rows.write(this.#visible(step));
  }

  /** T2: without what a removal hides; `applied` would let it be forgotten. */
  #visible(step: FoldBatch): FoldBatch {
    const { applied } = step;
    return { ...this.#removals.visible({ ...step, applied: null }), applied };
  }

  /** Time between two steps. The thread that writes ends with its process; a frozen one goes on when it thaws. */
  #pause(host: Host): Promise<void> {
    const { agenda, chance, sightings } = this.#options;
    return new Promise((resolve) => {
      agenda.after(chance.between(100, 500_000), null, () => {
        if (host.state === 'dead') sightings.seen('store write cut short');
        else agenda.after(0, host, resolve);
      });
    });
  }

  #comesLate(host: Host, todo: readonly FoldBatch[], rejected: boolean): void {
    const { agenda, chance, sightings } = this.#options;
    const entry = agenda.after(chance.between(10_000, 8e6), null, () => {
      this.#late.delete(entry);
      sightings.seen(rejected ? 'store write late' : 'store write repeated');
      if (host.state === 'dead') sightings.seen('store write late after restart');
      for (const step of todo) void this.#effect(step);
    });
    this.#late.add(entry);
  }
}

/** T1. */
function stepsOf(batch: FoldBatch): FoldBatch[] {
  const { history, wake, quarantine, quarantineReleased, wakeBucketsDropped, ...rest } = batch;
  const { workflows, runStates, runsRemoved, workflowsRemoved, applied } = rest;
  const steps: FoldBatch[] = [
    { ...emptyFold, history, wake, quarantine, quarantineReleased, wakeBucketsDropped },
    { ...emptyFold, workflows, runStates, runsRemoved, workflowsRemoved },
    { ...emptyFold, applied },
  ];
  return steps.filter((step) =>
    Object.values(step).some((rows) => rows !== null && rows.length !== 0),
  );
}

/** Equal for the same batch sent again. */
function keyOf({ history, runStates, workflows, wake, applied }: FoldBatch): string {
  return JSON.stringify([
    history.map(({ run, firstEventId, clock }) => [run.runId, firstEventId, clock]),
    runStates.map(({ run, clock }) => [run.runId, clock]),
    workflows.map(({ workflowId, clock }) => [workflowId, clock]),
    wake.map(({ run, version }) => [run.runId, version]),
    applied?.offset,
  ]);
}
