// Bugs in the owner of the runs: what it acknowledges, keeps, recovers, and whom it wakes.

import type { PlantedBug } from '../plant.ts';

const owner = 'services/history/src/owner/owner.ts';
const loader = 'services/history/src/owner/loader.ts';
const recovery = 'services/history/src/owner/recovery.ts';
const residency = 'services/history/src/owner/residency.ts';
const timerQueue = 'services/history/src/owner/timer-queue.ts';
const signal = 'services/history/src/rpc/signal.ts';
const dedup = 'libs/core/shard/src/dedup.ts';

export const ownerBugs: readonly PlantedBug[] = [
  {
    name: 'ask the machine what time it is',
    file: owner,
    find: 'return { nowUs: this.clock.nowUs(), limits: this.#limits(namespaceId) };',
    replace: 'return { nowUs: Date.now() * 1_000, limits: this.#limits(namespaceId) };',
  },
  {
    name: 'acknowledge on send',
    file: owner,
    find: 'this.#append(this.#group(records, waiter));',
    replace: 'waiter.durable(); this.#append(this.#group(records, silent));',
  },
  {
    name: 'answer from head',
    file: 'services/history/src/log/log-pump.ts',
    find: 'else if (ordinal <= this.#writer.durableOrdinal) this.#waiters.release(waiter);',
    replace: 'else if (ordinal >= 0) this.#waiters.release(waiter);',
  },
  {
    name: 'forget dedup keys after a restart',
    file: 'services/history/src/owner/workflow-entry.ts',
    find: 'return new WorkflowEntry(namespaceId, workflowId, state.currentRunId, state.keys, row.clock);',
    replace:
      'return new WorkflowEntry(namespaceId, workflowId, state.currentRunId, [], row.clock);',
  },
  {
    name: 'keep dedup keys for a second',
    file: dedup,
    find: 'export const keyLifeUs = 11 * usPerMinute;',
    replace: 'export const keyLifeUs = usPerMinute / 60;',
  },
  {
    name: 'ignore the request id of a signal',
    file: signal,
    find: 'if (wanted !== null && entry.keys.find(',
    replace: "if (wanted?.kind === 'cancel' && entry.keys.find(",
  },
  {
    name: 'lose the keys of the log tail',
    file: recovery,
    find: 'if (body.workflow !== null) entry.apply(',
    replace: 'if (body.workflow?.makesCurrent === true) entry.apply(',
  },
  {
    name: 'evict a dirty run',
    file: residency,
    find: 'if (handle.evicted || handle.unapplied.length > 0 || handle.folding) return false;',
    replace: 'if (handle.evicted) return false;',
    also: [
      {
        file: residency,
        find: 'if (handle.unapplied.length === 0) owner.idle.add(handle, clock.nowUs());',
        replace: 'owner.idle.add(handle, clock.nowUs());',
      },
      {
        file: owner,
        find: "assert(\n      handle.unapplied.length === 0,\n      'I11: a run that the store lacks a part of stays in memory',\n    );",
        replace: '',
      },
    ],
  },
  {
    name: 'forget the timer of a run that leaves memory',
    file: residency,
    find: 'else owner.sleepers.add(armed);',
    replace: 'else owner.timers.remove(armed);',
  },
  {
    name: 'wake no run that is not in memory',
    file: owner,
    find: 'this.#listeners.loadDue(due);',
    replace: '',
  },
  {
    name: 'load a run twice at once',
    file: loader,
    find: 'const known = this.#runReads.get(key);',
    replace: 'const known = undefined as Promise<RunHandle | null> | undefined;',
  },
  {
    name: 'load a run without its timers',
    file: loader,
    find: 'this.#owner.arm(handle);',
    replace: '',
    also: [
      {
        file: owner,
        find: 'handle.armed = this.sleepers.take(key);',
        replace: '',
      },
    ],
  },
  {
    name: 'apply again what the store has',
    file: recovery,
    find: "if (verdict === 'skip' || (verdict",
    replace: 'if ((verdict',
  },
  {
    name: 'leave a run asleep that is due earlier than it was',
    file: owner,
    find: '(armed !== null && armed.dueUs <= dueUs)',
    replace: 'armed !== null',
  },
  {
    name: 'leave the timer of the process as it is for what is due before it',
    file: timerQueue,
    find: 'if (this.#timer !== null && this.#timerAtUs <= first.dueUs) return;',
    replace: 'if (this.#timer !== null) return;',
  },
];
