// Bugs in the log: its records, its rules, its segments.

import type { Place, PlantedBug } from '../plant.ts';

const ledger = 'libs/core/shard/src/frame-ledger.ts';
const local = 'libs/adapters/log-local/src/local-log.ts';
const openPartition = 'services/history/src/log/open-partition.ts';
const reader = 'libs/core/log/src/log-reader.ts';
const segment = 'libs/adapters/log-local/src/segment.ts';

/** No bug: what a server trims after an hour of its life is trimmed within a minute. */
const trimSoon: Place = {
  file: 'services/history/src/owner/folder.ts',
  find: 'const trimAfterBytes = 8 * 1024 * 1024;',
  replace: 'const trimAfterBytes = 32 * 1024;',
};

export const logBugs: readonly PlantedBug[] = [
  {
    name: 'reuse a timestamp',
    file: 'libs/core/log/src/frame-clock.ts',
    find: 'return Math.max(nowUs, lastClock + 1);',
    replace: 'return Math.max(nowUs, lastClock);',
  },
  {
    name: 'use a frame number twice',
    file: 'libs/core/log/src/log-writer.ts',
    find: 'this.#state = stateAfter(position);',
    replace: 'this.#state = { ...stateAfter(position), nextNumber: Math.max(2, position.number) };',
  },
  {
    name: 'count frames on over an Announce',
    file: reader,
    find: 'state: { epoch, nonce, nextNumber: 1, clock: state.clock },',
    replace: 'state: { epoch, nonce, nextNumber: state.nextNumber, clock: state.clock },',
    also: [
      {
        file: openPartition,
        find: 'const writer = new LogWriter<Group>(state, endOffset,',
        replace: 'const writer = new LogWriter<Group>({ ...state, nextNumber: 1 }, endOffset,',
      },
    ],
  },
  {
    name: 'count a torn record',
    file: 'libs/adapters/log-local/src/record-format.ts',
    find: 'if (end > bytes.length || crc32c(bytes, start, end) !== header.bodyCrc) return null;',
    replace: 'if (end > bytes.length) return null;',
  },
  {
    name: 'replay the log but for its last record',
    file: openPartition,
    find: 'replayRecord(options, reader, record),',
    replace: 'record.offset < endOffset - 1 && replayRecord(options, reader, record),',
  },
  {
    name: 'pass over the first record behind the checkpoint',
    file: openPartition,
    find: 'if (applied !== null && record.offset === applied.offset) {',
    replace:
      'if (applied !== null && record.offset === applied.offset + 1) return;\n  if (applied !== null && record.offset === applied.offset) {',
  },
  {
    name: 'let the checkpoint pass what the store lacks',
    file: ledger,
    find: 'if (head.missing > 0 || head.partial) break;',
    replace: 'if (head.partial) break;',
  },
  {
    name: 'trim too far',
    file: local,
    find: 'next.firstOffset > offset) return;',
    replace: 'oldest.firstOffset > offset) return;',
    also: [trimSoon],
  },
  {
    name: 'acknowledge an append without a sync',
    file: local,
    find: 'last.sync();\n    this.#synced = last.position;',
    replace: 'this.#synced = last.position;',
  },
  {
    name: 'leave the name of a new segment unsynced',
    file: segment,
    find: 'onDisk(`syncing the directory after creating ${name}`, () => directory.syncDirectory());',
    replace: '',
  },
  {
    name: 'say that a record is synced in the record itself',
    file: local,
    find: 'synced: this.#synced,\n    });',
    replace: 'synced: this.#last.position + total,\n    });',
  },
];
