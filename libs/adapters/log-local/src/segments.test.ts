// Logs of several segments, and directories that are not what a log left behind.

import { StorageFault } from '@perdure/ports';
import { seededRandom } from '@perdure/testing/seeded-random';
import { VolatileDirectory } from '@perdure/testing/volatile-directory';
import { describe, expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';
import { LocalLog } from './local-log.ts';
import { openLocalLogPartition } from './local-log-partition.ts';
import { recordBytes, writeRecord } from './record-format.ts';

const options = { logId: 1, segmentBytes: 2048, fillBytes: 512, aheadBytes: 1024 };

/** A log of `count` records of 100 bytes. */
function filled(count: number): { directory: VolatileDirectory; log: LocalLog } {
  const directory = new VolatileDirectory();
  const log = LocalLog.open(directory, options);
  appendTo(log, count);
  return { directory, log };
}

function appendTo(log: LocalLog, count: number): void {
  for (let i = 0; i < count; i++) {
    log.append([new Uint8Array(100).fill(log.endOffset)]);
    log.prepareAhead();
  }
}

function offsets(log: LocalLog): number[] {
  return log.read(log.lowMark, 1 << 20).map(({ offset, bytes }) => {
    expect(bytes.every((byte) => byte === offset % 256)).toBe(true);
    return offset;
  });
}

const upTo = (from: number, end: number): number[] =>
  Array.from({ length: end - from }, (_, i) => from + i);

describe('several segments', () => {
  test('records go on over segments, and are all there after opening again', () => {
    const { directory, log } = filled(60);
    expect(log.report.segments).toBe(1);
    expect(offsets(log)).toEqual(upTo(0, 60));
    const again = LocalLog.open(directory.crash(seededRandom(1)), options);
    expect(again.report).toMatchObject({ endOffset: 60, tornTail: null });
    expect(again.report.segments).toBeGreaterThan(4);
    expect(offsets(again)).toEqual(upTo(0, 60));
  });

  test('the next segment is prepared outside append', () => {
    const { directory, log } = filled(0);
    const during: string[] = [];
    for (let i = 0; i < 60; i++) {
      directory.faults.onOperation = (operation) => during.push(operation);
      log.append([new Uint8Array(100)]);
      directory.faults.onOperation = () => undefined;
      log.prepareAhead();
    }
    expect(during).toEqual(Array.from({ length: 60 }, () => ['write', 'sync']).flat());
    expect(log.stats).toMatchObject({ appends: 60, records: 60, syncs: 60, bytes: 60 * 152 });
  });

  test('trim removes whole segments from the front; offsets go on after opening again', () => {
    const { directory, log } = filled(60);
    const before = directory.list().length;
    log.trim(45);
    expect(directory.list().length).toBeLessThan(before);
    expect(log.lowMark).toBeGreaterThan(30);
    expect(log.lowMark).toBeLessThanOrEqual(45);
    log.trim(60);
    const { lowMark } = log;
    const again = LocalLog.open(directory.crash(seededRandom(2)), options);
    expect(again.lowMark).toBe(lowMark);
    expect(again.endOffset).toBe(60);
    appendTo(again, 20);
    expect(offsets(again)).toEqual(upTo(lowMark, 80));
  });

  test('a record larger than a segment gets one of its size, also as the first behind a prepared one', () => {
    for (const steps of [0, 1, 2, 3, 4]) {
      const directory = new VolatileDirectory();
      const log = LocalLog.open(directory, { ...options, aheadBytes: 8192 });
      for (let i = 0; i < steps; i++) log.prepareAhead();
      log.append([new Uint8Array(20_000)]);
      appendTo(log, 30);
      const again = LocalLog.open(directory.crash(seededRandom(steps)), options);
      expect(again.endOffset).toBe(31);
      expect(again.read(0, 30_000).map(({ bytes }) => bytes.length)).toContain(20_000);
    }
  });

  test('opening an empty directory writes one step of zeros', () => {
    const directory = new VolatileDirectory();
    LocalLog.open(directory);
    const sizes = [...directory.files().values()].map(({ length }) => length);
    expect(sizes).toEqual([256 * 1024]);
  });

  test('a stop anywhere in an opening that clears several segments loses nothing', () => {
    const files = filled(3).directory.files();
    for (const base of ['0000000000001536', '0000000000002048', '0000000000002560']) {
      files.set(`${base}.segment`, new Uint8Array(512));
    }
    for (let stopAt = 0; stopAt < 20; stopAt++) {
      const torn = VolatileDirectory.of(files);
      let left = stopAt;
      torn.faults.onOperation = () => {
        left -= 1;
        if (left < 0) torn.halt();
      };
      try {
        LocalLog.open(torn, options);
      } catch (error) {
        expect(torn.halted, String(error)).toBe(true);
      }
      const again = LocalLog.open(torn.crash(seededRandom(stopAt)), options);
      expect(offsets(again)).toEqual([0, 1, 2]);
    }
  });
});

describe('directories that are not in order', () => {
  test('a missing or shortened segment in the middle is corruption', () => {
    const files = filled(60).directory.files();
    const [, second = ''] = [...files.keys()].sort();
    const without = new Map(files);
    without.delete(second);
    expect(refusal(without)).toMatch(/^corrupt: .*next segment is .* missing or was cut.*backup/);
    const cut = new Map(files).set(second, (files.get(second) as Uint8Array).slice(0, 700));
    expect(refusal(cut)).toMatch(/^corrupt: 0000000000002048.segment ends at position 2748 but/);
  });

  test('records of a middle segment that turned to zeros are corruption, in the place they were', () => {
    const files = filled(60).directory.files();
    files.get('0000000000002048.segment')?.fill(0, 152);
    expect(refusal(files)).toMatch(
      /^corrupt: record 14 at position 2200 \(0000000000002048.segment/,
    );
  });

  test('damage to the first record of a trimmed log is corruption', () => {
    const { directory, log } = filled(60);
    log.trim(30);
    const files = directory.files();
    const name = [...files.keys()].sort()[0] as string;
    files.get(name)?.fill(0, 60, 61);
    expect(refusal(files)).toMatch(new RegExp(`^corrupt: the first record at position .*${name}`));
    const only = new Map([[name, new Uint8Array(2048)]]);
    expect(refusal(only)).toMatch(/^corrupt: the log holds no valid record any more/);
  });

  test('another format version is named with ours and the cure', () => {
    const file = new Uint8Array(512);
    writeRecord(file, 0, Uint8Array.of(1), { logId: 1, offset: 0, position: 0, synced: 0 });
    file[4] = 9;
    putCrc(file);
    expect(refusal(new Map([['0000000000000000.segment', file]]))).toMatch(
      /^mismatch: .*log format 9; this server reads format 1. Start the version of the server that/,
    );
  });

  test('a segment of another log is not taken for one of this log', () => {
    const files = filled(60).directory.files();
    const other = new VolatileDirectory();
    appendTo(LocalLog.open(other, { ...options, logId: 2 }), 60);
    const name = '0000000000004096.segment';
    files.set(name, other.files().get(name) as Uint8Array);
    expect(refusal(files)).toMatch(/^mismatch: 0000000000004096.segment belongs to another log/);
  });

  test('records that stand at the wrong place or have the wrong offset do not count', () => {
    for (const wrong of [{ position: 152 }, { offset: 5 }]) {
      const file = new Uint8Array(512);
      const place = { logId: 1, offset: 0, position: 0, synced: 0 };
      writeRecord(file, 0, Uint8Array.of(1), { ...place, ...wrong });
      const files = new Map([['0000000000000000.segment', file]]);
      const log = LocalLog.open(VolatileDirectory.of(files), options);
      expect(log.endOffset).toBe(0);
      expect(log.report.tornTail).toMatch(/record 0 at position 0 .* stands there/);
    }
  });

  test('a file with a foreign segment name stops the opening, other files are left alone', () => {
    const { directory } = filled(3);
    expect(refusal(directory.files().set('copy of 1.segment', new Uint8Array(1)))).toMatch(
      /^mismatch: copy of 1.segment is not a name .* Move the file out/,
    );
    const beside = VolatileDirectory.of(directory.files().set('notes.txt', new Uint8Array(1)));
    expect(offsets(LocalLog.open(beside, options))).toEqual([0, 1, 2]);
    expect(beside.list()).toContain('notes.txt');
  });

  test('segments cut short or left empty by a stop while they were made are taken up', () => {
    const files = filled(3).directory.files();
    const name = '0000000000000000.segment';
    const cut = (files.get(name) as Uint8Array).slice(0, 3 * 152 + 33);
    const log = LocalLog.open(VolatileDirectory.of(new Map([[name, cut]])), options);
    appendTo(log, 40);
    expect(offsets(log)).toEqual(upTo(0, 43));
    const empty = new Map([[name, new Uint8Array(0)]]);
    expect(LocalLog.open(VolatileDirectory.of(empty), options).endOffset).toBe(0);
  });

  test('a log that is open elsewhere is refused with the name of who has it', () => {
    const { directory, log } = filled(1);
    expect(() => LocalLog.open(directory, options)).toThrow(/in use by process 1, since 2000/);
    log.close();
    expect(LocalLog.open(directory, options).endOffset).toBe(1);
  });
});

test('a log says what it wrote, zeros included, and how far the records of each file reach', async () => {
  const log = await openLocalLogPartition(new VolatileDirectory(), { ...options, aheadBytes: 0 });
  for (let i = 0; i < 20; i++) await log.append([new Uint8Array(100)]);
  expect(await log.append([])).toBe(20);
  const { segments, ...ends } = await log.extent();
  const sum = (field: 'recordBytes' | 'fileBytes'): number =>
    segments.reduce((bytes, segment) => bytes + segment[field], 0);
  expect(ends).toEqual({ lowMark: 0, endOffset: 20 });
  expect(segments.length).toBe(2);
  expect(sum('recordBytes')).toBe(20 * 152);
  // The first step of zeros was laid by the opening.
  const filledBytes = sum('fileBytes') - 512;
  const bytes = 20 * 152;
  expect(await log.stats()).toEqual({ appends: 20, records: 20, bytes, syncs: 20, filledBytes });
});

test('a segment knows its record size: header, body, padding', () => {
  expect([0, 1, 8, 9].map(recordBytes)).toEqual([48, 56, 56, 64]);
});

function refusal(files: ReadonlyMap<string, Uint8Array>): string {
  try {
    LocalLog.open(VolatileDirectory.of(files), options);
  } catch (error) {
    if (error instanceof StorageFault) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'opened';
}

function putCrc(file: Uint8Array): void {
  new DataView(file.buffer).setUint32(44, crc32c(file, 0, 44), true);
}
