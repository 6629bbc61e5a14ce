import type { types } from 'cassandra-driver';
import { types as driver } from 'cassandra-driver';
import { expect, test } from 'vitest';
import type { Session, Statement } from '../connection/session.ts';
import { readHistoryRows } from './history-reader.ts';

const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };

interface Part {
  readonly first: number;
  readonly last: number;
  readonly clock: number;
  readonly part: number;
  readonly parts: number;
}

/** A session whose table holds these parts, in the order of the key. */
function sessionOn(parts: readonly Part[]): Session {
  const ordered = parts.toSorted(
    (a, b) => a.first - b.first || b.clock - a.clock || a.part - b.part,
  );
  const rows = async function* ({ cql, values }: Statement): AsyncGenerator<types.Row> {
    const [, , , , first, clock] = values as number[];
    for (const part of ordered) {
      const fits = cql.includes('first_event_id >=')
        ? part.first >= (first as number)
        : cql.includes('first_event_id <')
          ? part.first < (first as number)
          : part.first === first && part.clock === clock;
      if (fits) yield rowOf(part);
    }
  };
  return { rows } as unknown as Session;
}

function rowOf({ first, last, clock, part, parts }: Part): types.Row {
  const numbers: Record<string, number> = {
    clock,
    part,
    parts,
    first_event_id: first,
    last_event_id: last,
  };
  const get = (name: string): unknown =>
    name === 'events'
      ? Buffer.from([clock, part])
      : driver.Long.fromNumber(numbers[name] as number);
  return { get } as unknown as types.Row;
}

const whole = (first: number, last: number, clock: number, parts: number): Part[] =>
  Array.from({ length: parts }, (_none, part) => ({ first, last, clock, part, parts }));

async function read(parts: readonly Part[], from = 1, maxBytes = 1000): Promise<string[]> {
  const rows = await readHistoryRows(sessionOn(parts), run, 0, from, maxBytes);
  return rows.map(
    (row) => `${row.firstEventId}-${row.lastEventId}@${row.clock} ${row.events.join()}`,
  );
}

test('H1: a fold that is half written hides nothing of an older one that begins with the same event', async () => {
  const older = whole(1, 5, 10, 3);
  const younger = whole(1, 9, 11, 3);
  const expected = ['1-5@10 10,0,10,1,10,2'];
  for (const lost of [0, 1, 2]) {
    const torn = younger.filter(({ part }) => part !== lost);
    expect(await read([...older, ...torn])).toEqual(expected);
    expect(await read([...older, ...torn], 4)).toEqual(expected);
  }
  expect(await read([...older, ...younger])).toEqual(['1-9@11 11,0,11,1,11,2']);
});

test('H1: alone it is not there, and the rows behind it are', async () => {
  const torn = whole(1, 5, 10, 2).slice(0, 1);
  expect(await read([...torn, ...whole(6, 7, 12, 1)])).toEqual(['6-7@12 12,0']);
});

test('H3: of a fold that begins before the event asked for, the one that counts decides', async () => {
  const parts = [...whole(1, 20, 10, 1), ...whole(1, 3, 11, 1), ...whole(4, 6, 12, 2)];
  expect(await read(parts, 5)).toEqual(['4-6@12 12,0,12,1']);
  expect(await read(parts, 15)).toEqual([]);
});

test('the bound is for rows, not parts: a row is given whole', async () => {
  const parts = [...whole(1, 3, 10, 4), ...whole(4, 5, 11, 1), ...whole(6, 7, 12, 1)];
  expect(await read(parts, 1, 0)).toHaveLength(1);
  expect(await read(parts, 1, 10)).toHaveLength(2);
  expect(await read(parts, 2, 11)).toHaveLength(2);
  expect(await read(parts, 2, 12)).toHaveLength(3);
});
