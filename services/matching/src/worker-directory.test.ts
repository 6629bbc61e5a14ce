import { expect, test } from 'vitest';
import { ManualClock } from '../fixtures/manual-clock.ts';
import { HeardWorkers } from './worker-directory.ts';

const worker = (instanceKey: string, ...bytes: number[]) => ({
  instanceKey,
  heartbeat: Uint8Array.from(bytes),
});
const minuteUs = 60_000_000;

test('the newest heartbeat of a worker is shown, in its namespace alone, by key', () => {
  const heard = new HeardWorkers(new ManualClock());
  heard.record('n', worker('b', 1));
  heard.record('n', worker('a', 2));
  heard.record('other', worker('b', 3));
  heard.record('n', worker('b', 4));
  expect(heard.list('n')).toEqual([worker('a', 2), worker('b', 4)]);
  expect(heard.find('n', 'b')).toEqual(worker('b', 4));
  expect(heard.find('n', 'c')).toBeUndefined();
  expect(heard.find('other', 'b')).toEqual(worker('b', 3));
});

test('what is kept is a copy', () => {
  const heard = new HeardWorkers(new ManualClock());
  const given = worker('a', 1);
  heard.record('n', given);
  given.heartbeat.fill(9);
  expect(heard.find('n', 'a')).toEqual(worker('a', 1));
});

test('a worker that fell silent is forgotten after ten minutes', () => {
  const clock = new ManualClock();
  const heard = new HeardWorkers(clock);
  heard.record('n', worker('silent'));
  clock.advance(6 * minuteUs);
  heard.record('n', worker('alive'));
  clock.advance(4 * minuteUs - 1);
  expect(heard.list('n')).toHaveLength(2);
  clock.advance(1);
  expect(heard.list('n')).toEqual([worker('alive')]);
  expect(heard.find('n', 'silent')).toBeUndefined();
});

test('beyond the bound the one silent longest goes', () => {
  const heard = new HeardWorkers(new ManualClock(), 2);
  for (const key of ['a', 'b', 'a', 'c']) heard.record('n', worker(key));
  expect(heard.list('n')).toEqual([worker('a'), worker('c')]);
});
