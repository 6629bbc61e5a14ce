// What opening makes of damaged segments. The log under test: six records in appends of their own, then one append of
// three; so everything up to the sixth is known synced, named by the three.

import { StorageFault } from '@perdure/ports';
import { seededRandom } from '@perdure/testing/seeded-random';
import { VolatileDirectory } from '@perdure/testing/volatile-directory';
import { expect, test } from 'vitest';
import { LocalLog } from './local-log.ts';
import { recordBytes } from './record-format.ts';

const options = { logId: 1, segmentBytes: 8192, fillBytes: 1024, aheadBytes: 0 };
const name = '0000000000000000.segment';
const records = Array.from({ length: 9 }, (_, i) => new Uint8Array(11 + i * 5).fill(i + 1));
const starts = records.map((_, i) =>
  records.slice(0, i).reduce((sum, { length }) => sum + recordBytes(length), 0),
);
const syncedEnd = starts[6] as number;
const end = (starts[8] as number) + recordBytes(records[8]?.length ?? 0);

const image = ((): Uint8Array => {
  const directory = new VolatileDirectory();
  const log = LocalLog.open(directory, options);
  for (const record of records.slice(0, 6)) log.append([record]);
  log.append(records.slice(6));
  return directory.files().get(name) as Uint8Array;
})();

/** The log as a disk would have it whose file was changed so. */
function damaged(change: (file: Uint8Array) => void): VolatileDirectory {
  const file = image.slice();
  change(file);
  return VolatileDirectory.of(new Map([[name, file]]));
}

function contents(log: LocalLog): number[][] {
  return log.read(log.lowMark, 1 << 20).map(({ bytes }) => [...bytes]);
}

const first = (count: number): number[][] => records.slice(0, count).map((record) => [...record]);
const recordAt = (position: number): number => starts.findLastIndex((start) => start <= position);

test('a write torn at any byte of the last append is cut to its whole records, and stays cut', () => {
  for (let torn = syncedEnd; torn <= end; torn++) {
    for (const rest of [0, 0xa5]) {
      const directory = damaged((file) => file.fill(rest, torn, rest === 0 ? undefined : end));
      const log = LocalLog.open(directory, options);
      const whole = starts.findLastIndex((_, i) => bodyEnd(i) <= torn) + 1;
      expect(contents(log)).toEqual(first(whole));
      expect(log.report.tornTail === null).toBe(allZero(whole, torn, rest));
      expect(log.append([Uint8Array.of(77)])).toBe(whole);
      const again = LocalLog.open(directory.crash(seededRandom(torn)), options);
      expect(contents(again)).toEqual([...first(whole), [77]]);
      expect(again.report.tornTail).toBeNull();
    }
  }
});

/** Where the last byte of a record's body ends; the padding behind it is not part of what was appended. */
function bodyEnd(index: number): number {
  return (starts[index] as number) + 48 + (records[index]?.length ?? 0);
}

/** Whether nothing but zeros stood behind the whole records. */
function allZero(whole: number, torn: number, rest: number): boolean {
  const wholeEnd = starts[whole] ?? end;
  return rest === 0 ? torn <= wholeEnd : wholeEnd === end;
}

test('a bit flipped below the synced position is named and the log is not served', () => {
  for (let position = 0; position < syncedEnd; position++) {
    const directory = damaged((file) => {
      file[position] = (file[position] ?? 0) ^ (1 << (position % 8));
    });
    const record = recordAt(position);
    if (position >= bodyEnd(record)) {
      expect(contents(LocalLog.open(directory, options))).toEqual(first(9));
      continue;
    }
    const fault = faultOf(() => LocalLog.open(directory, options));
    expect(fault.kind).toBe('corrupt');
    expect(fault.message).toContain(`record ${record} at position ${starts[record]} (${name}`);
    expect(directory.files().get(name)).toHaveLength(image.length);
  }
});

test('a bit flipped above the synced position is a torn tail', () => {
  for (let position = syncedEnd; position < end; position++) {
    const record = recordAt(position);
    if (position >= bodyEnd(record)) continue;
    const log = LocalLog.open(
      damaged((file) => {
        file[position] = (file[position] ?? 0) ^ 16;
      }),
      options,
    );
    expect(contents(log)).toEqual(first(record));
    expect(log.report.tornTail).toContain(`record ${record} at position ${starts[record]}`);
  }
});

test('a record damaged while the log is open is named, not served, and ends the log', () => {
  const directory = damaged(() => undefined);
  const log = LocalLog.open(directory, options);
  directory.flipBit(name, (starts[3] as number) + 50);
  expect(log.read(0, 60)).toHaveLength(3);
  const fault = faultOf(() => log.read(2, 1000));
  expect(fault.kind).toBe('corrupt');
  expect(fault.message).toContain(`record 3 at position ${starts[3]} (${name}`);
  expect(faultOf(() => log.append([Uint8Array.of(1)]))).toBe(fault);
  expect(faultOf(() => log.read(0, 10))).toBe(fault);
});

test('whole records behind a torn one do not come back, even when the next one ends where they begin', () => {
  const directory = damaged((file) => file.fill(0, starts[6], starts[7]));
  const log = LocalLog.open(directory, options);
  expect(log.report).toMatchObject({ endOffset: 6, rewrittenBytes: 0 });
  log.append([new Uint8Array(records[6]?.length ?? 0).fill(99)]);
  expect(log.endOffset).toBe(7);
  const again = LocalLog.open(directory.kill(), options);
  expect(again.report).toMatchObject({ endOffset: 7, tornTail: null });
});

test('what a failed sync left in memory is written again by the next opening', () => {
  const directory = new VolatileDirectory();
  const log = LocalLog.open(directory, options);
  log.append([Uint8Array.of(1)]);
  directory.faults.onOperation = (operation) => {
    if (operation === 'sync') throw new Error('EIO: i/o error, fdatasync');
  };
  const fault = faultOf(() => log.append([Uint8Array.of(2)]));
  expect(fault.kind).toBe('io');
  expect(fault.message).toContain(`syncing ${name} failed: EIO`);
  directory.faults.onOperation = () => undefined;
  expect(faultOf(() => log.append([Uint8Array.of(3)]))).toBe(fault);
  expect(faultOf(() => log.endOffset)).toBe(fault);

  let found = directory.kill();
  expect(contents(LocalLog.open(found, options))).toEqual([[1], [2]]);
  for (let seed = 0; seed < 20; seed++) {
    found = found.crash(seededRandom(seed));
    expect(contents(LocalLog.open(found, options))).toEqual([[1], [2]]);
  }
});

test('a full disk ends the log with its cure; what was acknowledged is there afterwards', () => {
  const directory = new VolatileDirectory({ spaceBytes: 3000 });
  const log = LocalLog.open(directory, options);
  let acknowledged = 0;
  const fault = faultOf(() => {
    for (;;) acknowledged = log.append([new Uint8Array(100).fill(acknowledged)]) + 1;
  });
  expect(fault.kind).toBe('io');
  expect(fault.message).toMatch(/writing 1024 bytes to 0000000000000000.segment at 2048 failed/);
  expect(fault.message).toContain('Free space on the disk');
  expect(faultOf(() => log.append([Uint8Array.of(1)]))).toBe(fault);
  const again = LocalLog.open(directory.kill(), options);
  expect(again.endOffset).toBeGreaterThanOrEqual(acknowledged);
  expect(acknowledged).toBeGreaterThan(10);
});

function faultOf(action: () => unknown): StorageFault {
  try {
    action();
  } catch (error) {
    if (error instanceof StorageFault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
