import {
  droppedBucket,
  foldOf,
  historyRow,
  removedRun,
  runKey,
  stateRow,
  wakeRow,
  workflowRow,
} from '@perdure/ports/contract/store-fixture';
import { describe, expect, test } from 'vitest';
import { firstFarBucket, requestsOf } from './fold-requests.ts';
import { partBytes } from './parts.ts';
import { keyBytes } from './state-reader.ts';
import { cql } from './statements.ts';

const run = runKey('w');
const usPerHour = 3_600_000_000;

describe('requestsOf', () => {
  test('M1: every write and delete of the tables says its timestamp', () => {
    const changing = Object.entries(cql).filter(([, text]) => !text.startsWith('SELECT'));
    expect(changing.length).toBeGreaterThan(15);
    for (const [name, text] of changing) {
      expect({ name, said: text.includes('USING TIMESTAMP ?') }).toEqual({ name, said: true });
    }
  });

  test('a short workflow is two mutations: its history, and state and workflow in one', () => {
    const batch = foldOf({
      history: [historyRow({ run })],
      runStates: [stateRow({ run })],
      workflows: [workflowRow({})],
    });
    const { first, second, last } = requestsOf(batch);
    expect(first.map((statements) => statements.length)).toEqual([1]);
    expect(second.map((statements) => statements.length)).toEqual([2]);
    expect(last).toEqual([]);
  });

  test('M3: of a large state the parts go first, its row behind them, older parts last', () => {
    const state = new Uint8Array(2.5 * partBytes);
    const { first, second, last } = requestsOf(foldOf({ runStates: [stateRow({ run, state })] }));
    expect(first.flat().map((statement) => statement.cql)).toEqual(Array(3).fill(cql.putStatePart));
    expect(second.flat().map((statement) => statement.cql)).toEqual([cql.putRunState]);
    expect(last.flat().map((statement) => statement.cql)).toEqual([cql.removeOlderStateParts]);
  });

  test('a batch is bounded in bytes: many large rows of one run are several', () => {
    const events = new Uint8Array(3 * partBytes);
    const history = [1, 2, 3].map((firstEventId) => historyRow({ run, firstEventId, events }));
    const { first } = requestsOf(foldOf({ history }));
    expect(first.flat()).toHaveLength(9);
    for (const statements of first) expect(statements.length).toBeLessThanOrEqual(2);
  });

  test('the hour of wake rows is known at the highest of their clocks; a drop takes both', () => {
    const wake = [5, 9, 7].map((clock) => wakeRow({ run: runKey(`${clock}`), clock, bucket: 1 }));
    const hours = requestsOf(foldOf({ wake })).first.flat();
    const known = hours.filter((statement) => statement.cql === cql.putWakeBucket);
    expect(known.map(({ values }) => values)).toEqual([[3, 1, 9]]);
    const { first } = requestsOf(foldOf({ wakeBucketsDropped: [droppedBucket({})] }));
    const texts = first.flat().map((statement) => statement.cql);
    expect(texts.toSorted()).toEqual([cql.dropWakeBucket, cql.removeWakeBucket].toSorted());
  });

  test('only a wake row in a far hour is noted with its run', () => {
    const clock = 500_000 * usPerHour + 17;
    const noted = (bucket: number): boolean =>
      requestsOf(foldOf({ wake: [wakeRow({ run, clock, bucket })] }))
        .first.flat()
        .some((statement) => statement.cql === cql.putWakeOfRun);
    expect([500_000, 500_001, 500_002, 500_003].map(noted)).toEqual([false, false, false, true]);
    expect(firstFarBucket(clock)).toBe(500_003);
  });

  test('a removal takes state, history and parts, each in its partition', () => {
    const { first, second } = requestsOf(foldOf({ runsRemoved: [removedRun({ run })] }));
    expect(first).toEqual([]);
    expect(second.map((statements) => statements.length)).toEqual([1, 2]);
  });
});

test('keys compare as Cassandra compares those of one token', () => {
  expect(Buffer.compare(keyBytes('a', 'b'), keyBytes('ab', ''))).toBe(-1);
  expect(keyBytes('ü', '')).toEqual(Buffer.from([0, 2, 0xc3, 0xbc, 0, 0, 0, 0]));
});
