// What every LogPartition does. An adapter calls `logContract` from a test file of its own.

import { afterEach, describe, expect, test } from 'vitest';
import { type LogPartition, LogTrimmed } from '../src/index.ts';

export interface LogUnderTest {
  readonly log: LogPartition;
}

export interface LastingLog extends LogUnderTest {
  /** Opens what the closed log left behind. */
  readonly again: () => Promise<LogPartition>;
}

/** The part of the contract for a log that outlives its closing. Called beside `logContract`. */
export function lastingLogContract(name: string, open: () => Promise<LastingLog>): void {
  describe(`LogPartition contract, lasting: ${name}`, () => {
    const opened: LogPartition[] = [];
    const keep = (log: LogPartition): LogPartition => {
      opened.push(log);
      return log;
    };
    afterEach(async () => {
      for (const log of opened.splice(0)) await log.close();
    });

    test('opened again, a log has its records, its low mark and its offsets', async () => {
      const { log, again } = await open();
      keep(log);
      for (let i = 0; i < 100; i++) await log.append([record(i)]);
      await log.trim(70);
      const lowMark = await log.lowMark();
      const before = await contents(log, lowMark);
      await log.close();

      const reopened = keep(await again());
      expect(await reopened.lowMark()).toBe(lowMark);
      expect(await contents(reopened, lowMark)).toEqual(before);
      expect(await reopened.append([record(100)])).toBe(100);
      expect(await contents(reopened, 100)).toEqual([[100, [...record(100)]]]);
    });
  });
}

export function logContract(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`LogPartition contract: ${name}`, () => {
    const opened: LogPartition[] = [];
    const begin = async (): Promise<LogPartition> => keep((await open()).log);
    const keep = (log: LogPartition): LogPartition => {
      opened.push(log);
      return log;
    };
    afterEach(async () => {
      for (const log of opened.splice(0)) await log.close();
    });

    test('an empty log begins and ends at 0 and reads nothing', async () => {
      const log = await begin();
      expect([await log.lowMark(), await log.endOffset()]).toEqual([0, 0]);
      expect(await log.read(0, 1000)).toEqual([]);
    });

    test('append answers with the offset of its first record; offsets are dense', async () => {
      const log = await begin();
      expect(await log.append([record(0), record(1)])).toBe(0);
      expect(await log.append([record(2)])).toBe(2);
      expect(await log.append([])).toBe(3);
      expect(await log.append([record(3), record(4)])).toBe(3);
      expect(await log.endOffset()).toBe(5);
    });

    test('read gives every record with its bytes, from any offset', async () => {
      const log = await begin();
      await log.append([record(0), record(1)]);
      await log.append([record(2), record(3)]);
      for (let from = 0; from <= 5; from++) {
        const expected = [0, 1, 2, 3].slice(from).map((offset) => [offset, [...record(offset)]]);
        expect(await contents(log, from)).toEqual(expected);
      }
    });

    test('read stops before maxBytes is passed, but gives at least one record', async () => {
      const log = await begin();
      await log.append([10, 20, 30, 40].map((length) => new Uint8Array(length)));
      const lengths = async (from: number, maxBytes: number): Promise<number[]> =>
        (await log.read(from, maxBytes)).map(({ bytes }) => bytes.length);
      expect(await lengths(0, 1)).toEqual([10]);
      expect(await lengths(0, 30)).toEqual([10, 20]);
      expect(await lengths(0, 59)).toEqual([10, 20]);
      expect(await lengths(1, 90)).toEqual([20, 30, 40]);
      expect(await lengths(3, 0)).toEqual([40]);
    });

    test('records of no bytes and of a megabyte are records', async () => {
      const log = await begin();
      const large = new Uint8Array(1 << 20).map((_, i) => i % 251);
      await log.append([new Uint8Array(0), large, new Uint8Array(0)]);
      const found = await log.read(0, 1 << 22);
      expect(found.map(({ bytes }) => bytes.length)).toEqual([0, 1 << 20, 0]);
      expect(Buffer.compare(found[1]?.bytes ?? new Uint8Array(0), large)).toBe(0);
    });

    test('what one append takes is kept as it was, also when it is a view of a larger buffer', async () => {
      const log = await begin();
      const shared = new Uint8Array(100).map((_, i) => i);
      await log.append([shared.subarray(3, 8), shared.subarray(50, 53)]);
      expect(await contents(log, 0)).toEqual([
        [0, [3, 4, 5, 6, 7]],
        [1, [50, 51, 52]],
      ]);
    });

    test('many appends read back in one sequence', async () => {
      const log = await begin();
      for (let i = 0; i < 200; i++) await log.append([record(i)]);
      const found = await log.read(0, 1 << 20);
      expect(found.map(({ offset }) => offset)).toEqual(Array.from({ length: 200 }, (_, i) => i));
      expect(found.every(({ offset, bytes }) => Buffer.compare(bytes, record(offset)) === 0)).toBe(
        true,
      );
    });

    test('trim forgets at most what lies below its offset and never moves the end', async () => {
      const log = await begin();
      for (let i = 0; i < 100; i++) await log.append([record(i)]);
      let last = 0;
      for (const offset of [10, 5, 60, 60, 99]) {
        await log.trim(offset);
        const lowMark = await log.lowMark();
        expect(lowMark).toBeGreaterThanOrEqual(last);
        expect(lowMark).toBeLessThanOrEqual(Math.max(offset, last));
        last = lowMark;
        expect(await contents(log, Math.max(offset, lowMark))).toHaveLength(
          100 - Math.max(offset, lowMark),
        );
        if (lowMark > 0) await expect(log.read(lowMark - 1, 1)).rejects.toThrow(LogTrimmed);
      }
      expect(await log.endOffset()).toBe(100);
    });

    test('trim above the end keeps the end; the next append goes on there', async () => {
      const log = await begin();
      await log.append([record(0), record(1)]);
      await log.trim(1000);
      expect(await log.endOffset()).toBe(2);
      expect(await log.lowMark()).toBeLessThanOrEqual(2);
      expect(await log.append([record(2)])).toBe(2);
      expect(await contents(log, 2)).toEqual([[2, [...record(2)]]]);
    });

    test('a closed log refuses everything; closing twice is harmless', async () => {
      const log = await begin();
      await log.append([record(0)]);
      await log.close();
      await log.close();
      await expect(log.append([record(1)])).rejects.toThrow();
      await expect(log.read(0, 1)).rejects.toThrow();
      await expect(log.endOffset()).rejects.toThrow();
      await expect(log.lowMark()).rejects.toThrow();
      await expect(log.trim(0)).rejects.toThrow();
    });
  });
}

/** A record that is different for every offset, in length too. */
function record(offset: number): Uint8Array {
  return new Uint8Array(1 + ((offset * 37) % 300)).fill(offset % 256);
}

async function contents(log: LogPartition, from: number): Promise<[number, number[]][]> {
  return (await log.read(from, 1 << 20)).map(({ offset, bytes }) => [offset, [...bytes]]);
}
