// What an inspection says of a log: every record in its place, everything that is none, and whether it would be served.

import { type LogItem, StorageFault } from '@perdure/ports';
import { VolatileDirectory } from '@perdure/testing/volatile-directory';
import { describe, expect, test } from 'vitest';
import { inspectLog } from './inspect-log.ts';
import { LocalLog } from './local-log.ts';
import { recordBytes, writeRecord } from './record-format.ts';

const options = { logId: 1, segmentBytes: 1024, fillBytes: 512, aheadBytes: 0 };
const bodyBytes = 100;
const size = recordBytes(bodyBytes);
const body = (offset: number): Uint8Array => new Uint8Array(bodyBytes).fill(offset + 1);
const names = [0, 1024].map((base) => `${String(base).padStart(16, '0')}.segment`);
const [firstName = '', secondName = ''] = names;
const perSegment = Math.floor(1024 / size);

/** The files of a log of eight records in two segments. */
const image = ((): Map<string, Uint8Array> => {
  const directory = new VolatileDirectory();
  const log = LocalLog.open(directory, options);
  for (let offset = 0; offset < 8; offset++) log.append([body(offset)]);
  return new Map([...directory.files()].map(([name, bytes]) => [name, bytes.slice()]));
})();

type Files = Map<string, Uint8Array>;

function inspected(change: (files: Files) => void = () => undefined) {
  const files = new Map([...image].map(([name, bytes]) => [name, bytes.slice()]));
  change(files);
  const inspection = inspectLog(VolatileDirectory.of(files));
  const items = [...inspection.items()];
  expect([...inspection.items()]).toEqual(items);
  return { ...inspection, rows: items.map(rowOf) };
}

function rowOf(item: LogItem): string {
  const at = `${item.place.position}`;
  if (item.kind === 'damage') return `${at}: ${item.reason}`;
  expect(item.bytes).toEqual(body(item.offset));
  return `${at}: record ${item.offset}`;
}

const fileOf = (files: Files, name: string): Uint8Array => {
  const file = files.get(name);
  if (file === undefined) throw new Error(`there is no file ${name}`);
  return file;
};
const positionOf = (offset: number): number =>
  offset < perSegment ? offset * size : 1024 + (offset - perSegment) * size;
const record = (offset: number): string => `${positionOf(offset)}: record ${offset}`;
const records = (from: number, below: number): string[] =>
  Array.from({ length: below - from }, (_, i) => record(from + i));

describe('inspectLog', () => {
  test('a log in order: every record in its place, up to where it is known to be on disk', () => {
    const { rows, segments, synced, verdict } = inspected();
    expect(segments).toEqual(names);
    expect(rows).toEqual(records(0, 8));
    expect(verdict).toBeNull();
    // The last record names the end of the one before it: no later one says that it is there itself.
    expect(synced).toBe(positionOf(7));
  });

  test('says where in which file a record stands', () => {
    const { items } = inspectLog(VolatileDirectory.of(image));
    expect([...items()][perSegment]).toMatchObject({
      kind: 'record',
      offset: perSegment,
      place: { segment: secondName, at: 0, position: 1024 },
    });
  });

  test('a damaged body is named with the record, and what lies beyond is shown', () => {
    const { rows, verdict } = inspected((files) => {
      fileOf(files, firstName)[positionOf(2) + 60] = 0xff;
    });
    expect(rows).toEqual([
      ...records(0, 2),
      `${positionOf(2)}: the body of record 2 fails its check`,
      `${positionOf(2) + 8}: bytes that are no record up to byte ${positionOf(3)}`,
      ...records(3, 8),
    ]);
    expect(verdict).toBeInstanceOf(StorageFault);
    expect(verdict?.message).toContain('record 2');
  });

  test('a damaged header hides its record, and the next one says which is missing', () => {
    const { rows } = inspected((files) => {
      fileOf(files, firstName)[positionOf(2) + 20] = 0xff;
    });
    expect(rows).toEqual([
      ...records(0, 2),
      `${positionOf(2)}: bytes that are no record up to byte ${positionOf(3)}`,
      `${positionOf(3)}: record 3 stands where record 2 belongs`,
      ...records(3, 8),
    ]);
  });

  test('a log that was never trimmed begins with record 0', () => {
    const { rows } = inspected((files) => {
      fileOf(files, firstName)[20] = 0xff;
    });
    expect(rows).toEqual([
      `0: bytes that are no record up to byte ${positionOf(1)}`,
      `${positionOf(1)}: record 1 stands where record 0 belongs`,
      ...records(1, 8),
    ]);
  });

  test('bytes behind the last record are named to the end of the file, zeros are not', () => {
    const { rows, verdict } = inspected((files) => {
      fileOf(files, secondName)[positionOf(8) - 1024 + 3] = 1;
    });
    expect(rows).toEqual([
      ...records(0, 8),
      `${positionOf(8)}: bytes that are no record to the end of the file`,
    ]);
    expect(verdict).toBeNull();
  });

  test('what a file lost at its end is named by its positions', () => {
    const { rows, verdict } = inspected((files) => {
      const whole = fileOf(files, firstName);
      files.set(firstName, whole.subarray(0, 512));
    });
    expect(rows).toEqual([
      ...records(0, 3),
      `${positionOf(3)}: the body of record 3 fails its check`,
      `${positionOf(3) + 8}: bytes that are no record to the end of the file`,
      '1024: position 512 to 1024 is in no file',
      `1024: record ${perSegment} stands where record 4 belongs`,
      ...records(perSegment, 8),
    ]);
    expect(verdict?.kind).toBe('corrupt');
  });

  test('a log that was trimmed begins where it begins', () => {
    const { rows, verdict } = inspected((files) => files.delete(firstName));
    expect(rows).toEqual(records(perSegment, 8));
    expect(verdict).toBeNull();
  });

  test('a record of another log or format is named and not shown', () => {
    const foreign = { logId: 2, offset: 3, position: positionOf(3), synced: 0 };
    const other = inspected((files) => {
      writeRecord(fileOf(files, firstName), positionOf(3), body(3), foreign);
    });
    expect(other.rows).toEqual([
      ...records(0, 3),
      `${positionOf(3)}: a record of another log`,
      ...records(4, 8),
    ]);
    expect(other.verdict?.kind).toBe('mismatch');
  });

  test('a file with a foreign segment name is a fault at once', () => {
    const files = new Map([...image, ['x.segment', new Uint8Array(8)] as const]);
    expect(() => inspectLog(VolatileDirectory.of(files))).toThrow(StorageFault);
  });
});
