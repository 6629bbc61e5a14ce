// Interesting states that worlds reached, counted by name: a simulator that never gets there proves nothing about it.
//
// To add one: a line in `states`, and `sightings.seen(name)` where a storage call, a message, an answer or a line of the
// server's log shows it. Production code knows nothing of them.

import { clusterStates } from './cluster/cluster-states.ts';
import { nodeStates } from './cluster/node-states.ts';
import { workerStates } from './workload/worker-states.ts';

/** Name of the state, and what it means. */
const states = {
  'tail replayed': 'a start found durable transitions that the store lacks',
  'tail empty': 'a start found everything in the store',
  'checkpoint behind log': 'a start found frames above the checkpoint',
  'wake rows found': 'a start found runs by their wake rows',
  'torn tail cut': 'a start found a torn write and cut it off',
  'unsynced tail written again': 'a start found records that no sync had covered',
  'ended in a file operation': 'the process ended in the middle of the work on its files',
  'ended while opening its log': 'the files were taken from a process that was opening them',
  'start refused': 'storage did not let a process start',
  'log sync failed': 'the disk refused a sync, and the process ended',
  'log write failed': 'the disk refused a write, and the process ended',
  'disk full': 'the disk had no room left, and the process ended',
  'started on full disk': 'a start failed for lack of room',
  'bit flipped in tail': 'the medium changed what was not acknowledged',
  'bit flipped in record': 'the medium changed what was acknowledged',
  'flip refused': 'a start named a record that the medium had changed, and served nothing',
  'segment trimmed': 'the log forgot a segment',
  'store lost suffix': 'a power cut took writes of the store',
  'store write refused': 'a write of the store failed before its effect',
  'store write timed out': 'a write of the store failed after its effect',
  'store write torn': 'a write of the store failed with a part of its effect',
  'store write late': 'a write of the store failed and took effect later',
  'store write late after restart':
    'a write of the store took effect in the life of a later process',
  'store write repeated': 'a write of the store took effect twice',
  'store write retried': 'the same write was sent again after a failure',
  'store write cut short': 'the process ended between two steps of a write of the store',
  'store read failed': 'a read of the store failed',
  'store down': 'the store refused a call for a while',
  'halted by store': 'the store failed for so long that the process ended',
  'clock set back': 'a process began with an earlier clock than the last one had',
  'clock ahead': 'a process moved its clock forward to the wall clock',
  'woke after deadline': 'a frozen process came to calls that nobody waited for any more',
  'caller frozen': 'a client or worker stood still',
  'connection cut': 'a caller lost its connections and made no new ones for a while',
  'silent cut': 'a caller was heard by nobody for a while, and heard nobody',
  'start answered twice': 'one start was delivered twice and answered both times',
  'answer to nobody': 'a call was answered after its caller had given up',
  'task not delivered': 'a poll was answered with a task after its caller had gone',
  shed: 'a request was refused because something is full',
  'unavailable answered': 'a request was refused because the log or the store could not be used',
  'run evicted': 'a run left memory',
  'run loaded again': 'a run came back into memory from the store',
  ...workerStates,
} as const;

export type StateName = keyof typeof states;

/** `Name`: the states of this kind of world. */
export class Sightings<Name extends string = StateName> {
  /** Of each state that was reached, how often. */
  readonly counts = new Map<string, number>();

  seen(name: Name, times = 1): void {
    if (times > 0) this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }
}

/** Adds the counts of one world to those of many. */
export function addCounts(sum: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) sum.set(name, (sum.get(name) ?? 0) + count);
}

/** Every state of that kind of world with its count, for people; those never reached too. */
export function reachedLine(counts: ReadonlyMap<string, number>, cluster: boolean): string {
  const names = cluster ? { ...clusterStates, ...nodeStates, ...workerStates } : states;
  const all = Object.keys(names).map((name) => `${name} ${counts.get(name) ?? 0}`);
  return `reached: ${all.join(', ')}`;
}
