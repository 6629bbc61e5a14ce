import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { StatementRunner } from './statement-runner.ts';
import { ValueReader } from './value-reader.ts';
import { tag, ValueWriter } from './value-writer.ts';

const insert = 0;
const selectAll = 1;
const broken = 2;

function begin(): { database: DatabaseSync; runner: StatementRunner } {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT');
  const texts = [
    'INSERT INTO t VALUES (?, ?)',
    'SELECT n, b FROM t ORDER BY n',
    'SELECT x FROM nowhere',
  ];
  const report = (error: unknown) => ({ kind: 'bug', message: String(error) }) as const;
  return { database, runner: new StatementRunner(database, texts, report) };
}

function inserts(...rows: [number, Uint8Array | null][]): ArrayBuffer {
  const calls = new ValueWriter(1);
  for (const [n, bytes] of rows) {
    calls.call(insert);
    calls.int(n);
    calls.bytesOrNone(bytes);
  }
  return calls.finish();
}

function select(...calls: [number, number | null][]): ArrayBuffer {
  const writer = new ValueWriter(1);
  for (const [statement, bytesMax] of calls) {
    writer.call(statement);
    writer.intOrNone(bytesMax);
  }
  return writer.finish();
}

function numbers(answer: ValueReader): number[] {
  const found: number[] = [];
  while (answer.take(tag.row)) found.push(answer.values()[0] as number);
  expect(answer.take(tag.end)).toBe(true);
  return found;
}

test('a write whose last call fails leaves nothing, and the next one is a new transaction', () => {
  const { database, runner } = begin();
  expect(() => runner.write(inserts([1, Uint8Array.of(1)], [2, null]))).toThrow(/NOT NULL/);
  expect(database.isTransaction).toBe(false);
  runner.write(inserts([3, Uint8Array.of(1)]));
  const answer = new ValueReader(runner.read(select([selectAll, null])));
  expect(numbers(answer)).toEqual([3]);
});

test('a read that fails answers for itself, between others', () => {
  const { database, runner } = begin();
  runner.write(inserts([1, new Uint8Array(5)], [2, new Uint8Array(5)]));
  const answer = new ValueReader(
    runner.read(select([selectAll, 9], [broken, null], [selectAll, 10])),
  );
  expect(numbers(answer)).toEqual([1]);
  expect([answer.take(tag.failed), answer.text()]).toEqual([true, 'bug']);
  expect(answer.text()).toMatch(/nowhere/);
  expect(numbers(answer)).toEqual([1, 2]);
  expect(database.isTransaction).toBe(false);
});
