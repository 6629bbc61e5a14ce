// Bugs on the way to the store and back: folds, wake rows, trimming, reading histories.

import type { PlantedBug } from '../plant.ts';

const batch = 'services/history/src/owner/fold-batch.ts';
const folder = 'services/history/src/owner/folder.ts';
const wakeIndex = 'services/history/src/owner/wake-index.ts';
const wakeRow = 'libs/core/shard/src/wake-row.ts';

export const storeBugs: readonly PlantedBug[] = [
  {
    name: 'drop wake rows',
    file: batch,
    find: 'if (wake !== null) rows.wake.push({ ...wake, clock: last.clock });',
    replace: '',
  },
  {
    name: 'write no due time beside an offer',
    file: wakeRow,
    find: 'return { offer: waiting[0] ?? null, loadAtUs: dueUs };',
    replace: 'return { offer: waiting[0] ?? null, loadAtUs: waiting.length > 0 ? dueUs : null };',
  },
  {
    name: 'forget at a take-over what is due later',
    file: wakeIndex,
    find: 'if (row.loadAtUs !== null) owner.sleepers.add(',
    replace: 'if (row.offer !== null && row.loadAtUs !== null) owner.sleepers.add(',
  },
  {
    name: 'trim the log before the store is safe',
    file: folder,
    find: 'await store.sync();',
    replace: '',
    also: [
      {
        file: folder,
        find: 'const trimAfterBytes = 8 * 1024 * 1024;',
        replace: 'const trimAfterBytes = 32 * 1024;',
      },
    ],
  },
  {
    name: 'fold a run without the events of its last transition',
    file: batch,
    find: 'events: concatBytes(made.map(({ events }) => events)),',
    replace:
      'events: concatBytes(made.slice(0, Math.max(1, made.length - 1)).map(({ events }) => events)),',
  },
  {
    name: 'read the history in memory from its own beginning',
    file: 'services/history/src/owner/history-reader.ts',
    find: 'const part = cut(events, firstEventId, lastEventId, next, to);',
    replace: 'const part = cut(events, firstEventId, lastEventId, firstEventId, lastEventId + 1);',
  },
];
