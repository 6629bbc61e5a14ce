// What every CommitLog does beyond what its LogPartitions do each by themselves (log.contract.ts): several nodes write, and
// appends may be rejected with their records landing all the same. The rules are those of ../src/commit-log.ts.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CommitLog, type LogPartition, LogTrimmed } from '../src/index.ts';

export interface ClusterUnderTest {
  /** The log as one more node opens it. */
  open(): Promise<CommitLog>;
  /** Indexes of at least eight partitions that are empty. */
  readonly partitions: readonly number[];
  /** Runs `append` on the CommitLog that was opened last, while requests or answers are lost; heals before it resolves. */
  losing(what: 'request' | 'answer', append: () => Promise<void>): Promise<void>;
}

export interface CommitLogSuite {
  begin(): Promise<ClusterUnderTest>;
  end?(): Promise<void>;
  /** The low mark is what was trimmed to; else it may lag behind. */
  readonly lowMarkFollows: boolean;
  /** How long a lost append may take to be rejected, ms. */
  readonly rejectedWithinMs?: number;
}

export function commitLogContract(name: string, suite: CommitLogSuite): void {
  describe(`CommitLog contract: ${name}`, () => {
    let cluster: ClusterUnderTest;
    let nodes: CommitLog[] = [];
    let used = 0;
    beforeAll(async () => {
      cluster = await suite.begin();
    });
    afterEach(async () => {
      for (const node of nodes.splice(0)) await node.close();
      nodes = [];
    });
    afterAll(async () => {
      await suite.end?.();
    });
    const open = async (): Promise<CommitLog> => {
      const node = await cluster.open();
      nodes.push(node);
      return node;
    };
    /** An empty partition, new for each test that asks until all were used; then every one begins at its end. */
    const nextIndex = (): number =>
      cluster.partitions[used++ % cluster.partitions.length] as number;

    test('a partition is the same object each time, and there is none beyond the count', async () => {
      const node = await open();
      expect(node.partition(0)).toBe(node.partition(0));
      expect(() => node.partition(node.partitionCount)).toThrow();
      expect(() => node.partition(-1)).toThrow();
    });

    test('two nodes that write one partition see each other in their offsets and in what they read (C1, C2)', async () => {
      const index = nextIndex();
      const [one, two] = [(await open()).partition(index), (await open()).partition(index)];
      const base = await one.endOffset();
      expect(await one.append([record(0), record(1)])).toBe(base);
      expect(await two.append([record(2)])).toBe(base + 2);
      expect(await one.append([record(3)])).toBe(base + 3);
      expect([await one.endOffset(), await two.endOffset()]).toEqual([base + 4, base + 4]);
      const expected = [0, 1, 2, 3].map((i) => [base + i, [...record(i)]]);
      expect(await contents(one, base)).toEqual(expected);
      expect(await contents(two, base)).toEqual(expected);
    });

    test('appends of two nodes at once leave no hole; each holds its records at its offsets (C1, C2)', async () => {
      const index = nextIndex();
      const logs = [(await open()).partition(index), (await open()).partition(index)];
      const base = await (logs[0] as LogPartition).endOffset();
      const acknowledged = new Map<number, number[]>();
      await Promise.all(
        logs.map(async (log, writer) => {
          for (let i = 0; i < 30; i++) {
            const records = [0, 1, 2].slice(i % 3).map((part) => tagged(writer, i, part));
            const first = await log.append(records);
            records.forEach((bytes, at) => acknowledged.set(first + at, [...bytes]));
          }
        }),
      );
      const found = await all(logs[0] as LogPartition, base);
      expect(found.map(([offset]) => offset)).toEqual(found.map((_, i) => base + i));
      expect(found).toEqual([...acknowledged].toSorted(([a], [b]) => a - b));
    });

    test('many partitions at once, each in its own order', async () => {
      const node = await open();
      const indexes = cluster.partitions.slice(-4);
      await Promise.all(
        indexes.map(async (index) => {
          const log = node.partition(index);
          const base = await log.endOffset();
          for (let i = 0; i < 40; i++)
            expect(await log.append([tagged(index, i, 0)])).toBe(base + i);
          const expected = Array.from({ length: 40 }, (_, i) => [
            base + i,
            [...tagged(index, i, 0)],
          ]);
          expect(await all(log, base)).toEqual(expected);
        }),
      );
    });

    test('a second append while the first is unresolved is refused and not written (C3)', async () => {
      const log = (await open()).partition(nextIndex());
      const base = await log.endOffset();
      const first = log.append([record(0)]);
      await expect(log.append([record(1)])).rejects.toThrow(/in flight/);
      expect(await first).toBe(base);
      expect(await contents(log, base)).toEqual([[base, [...record(0)]]]);
      expect(await log.append([record(2)])).toBe(base + 1);
    });

    test('records up to recordBytesMax are taken, larger ones are refused and not written (C4)', async () => {
      const node = await open();
      const log = node.partition(nextIndex());
      const base = await log.endOffset();
      const most = node.recordBytesMax;
      await expect(log.append([new Uint8Array(most + 1)])).rejects.toThrow(RangeError);
      await expect(log.append([new Uint8Array(most), new Uint8Array(0)])).rejects.toThrow(
        RangeError,
      );
      expect(await log.endOffset()).toBe(base);
      const largest = new Uint8Array(most).map((_, i) => (i * 31) % 253);
      expect(await log.append([largest])).toBe(base);
      const halves = [largest.subarray(0, 1000), largest.subarray(0, most - 1032)];
      expect(await log.append(halves)).toBe(base + 1);
      const [found] = await log.read(base, 1);
      expect(Buffer.compare(found?.bytes ?? new Uint8Array(0), largest)).toBe(0);
      expect((await log.read(base + 1, most)).map(({ bytes }) => bytes.length)).toEqual(
        halves.map(({ length }) => length),
      );
    });

    for (const what of ['request', 'answer'] as const) {
      test(`an append whose ${what} is lost is rejected in bounded time; the next one is taken (C5, L6)`, async () => {
        const node = await open();
        const log = node.partition(nextIndex());
        const base = await log.endOffset();
        await log.append([record(0)]);
        const asked = Date.now();
        await cluster.losing(what, async () => {
          await expect(log.append([record(1)])).rejects.toMatchObject({
            name: 'StorageFault',
            kind: 'io',
          });
        });
        expect(Date.now() - asked).toBeLessThan(suite.rejectedWithinMs ?? 1_000);
        const next = await log.append([record(2)]);
        const expected = what === 'request' ? [0, 2] : [0, 1, 2];
        expect(next).toBe(base + expected.length - 1);
        expect(await contents(log, base)).toEqual(
          expected.map((i, at) => [base + at, [...record(i)]]),
        );
      });
    }

    test('when a request to many partitions is not answered, the append of each is rejected (L6)', async () => {
      const node = await open();
      const logs = cluster.partitions.slice(-4).map((index) => node.partition(index));
      const ends = await Promise.all(logs.map((log) => log.endOffset()));
      // A lane to each broker is there before it breaks.
      await Promise.all(logs.map((log) => log.append([record(0)])));
      let outcomes: string[] = [];
      await cluster.losing('answer', async () => {
        const settled = await Promise.allSettled(logs.map((log) => log.append([record(1)])));
        outcomes = settled.map(({ status }) => status);
      });
      expect(outcomes).toEqual(logs.map(() => 'rejected'));
      for (const [i, log] of logs.entries()) {
        const base = ends[i] as number;
        const found = await contents(log, base);
        expect(found).toEqual([0, 1].map((at) => [base + at, [...record(at)]]));
      }
    });

    test('a trim is seen by the other node; reading below it is refused, never a silent jump', async () => {
      const index = nextIndex();
      const [one, two] = [(await open()).partition(index), (await open()).partition(index)];
      const base = await one.endOffset();
      for (let i = 0; i < 10; i++) await one.append([record(i)]);
      await one.trim(base + 4);
      await one.trim(base + 2);
      const lowMark = await two.lowMark();
      expect(lowMark).toBeLessThanOrEqual(base + 4);
      if (suite.lowMarkFollows) expect(lowMark).toBe(base + 4);
      if (lowMark > 0) await expect(two.read(lowMark - 1, 1000)).rejects.toThrow(LogTrimmed);
      const kept = [4, 5, 6, 7, 8, 9].map((i) => [base + i, [...record(i)]]);
      expect(await contents(two, base + 4)).toEqual(kept);
      await two.trim(base + 1000);
      expect([await one.endOffset(), await one.append([record(10)])]).toEqual([
        base + 10,
        base + 10,
      ]);
    });

    test('reading at the end and above it gives nothing', async () => {
      const log = (await open()).partition(nextIndex());
      const end = (await log.append([record(0)])) + 1;
      expect([await log.read(end, 100), await log.read(end + 1000, 100)]).toEqual([[], []]);
    });

    test('closing ends after the append in flight; the other node goes on', async () => {
      const index = nextIndex();
      const [one, two] = [await open(), await open()];
      const base = await one.partition(index).endOffset();
      const last = one.partition(index).append([record(0)]);
      await one.close();
      await one.close();
      expect(await last).toBe(base);
      await expect(one.partition(index).append([record(1)])).rejects.toThrow();
      expect(await two.partition(index).append([record(2)])).toBe(base + 1);
    });
  });
}

/** A record that is different for every number, in length too. */
function record(i: number): Uint8Array {
  return new Uint8Array(1 + ((i * 37) % 300)).fill(i + 1);
}

function tagged(writer: number, i: number, part: number): Uint8Array {
  return new Uint8Array(8 + ((writer + i * 7 + part) % 50))
    .fill(part + 1)
    .fill(writer, 0, 1)
    .fill(i, 1, 2);
}

async function contents(log: LogPartition, from: number): Promise<[number, number[]][]> {
  return (await log.read(from, 1 << 20)).map(({ offset, bytes }) => [offset, [...bytes]]);
}

/** Everything from there to the end, in small reads. */
async function all(log: LogPartition, from: number): Promise<[number, number[]][]> {
  const found: [number, number[]][] = [];
  for (;;) {
    const next = await log.read(from + found.length, 300);
    if (next.length === 0) return found;
    found.push(...next.map(({ offset, bytes }): [number, number[]] => [offset, [...bytes]]));
  }
}
