import { usPerHour } from '@perdure/kernel';
import { expect, test } from 'vitest';
import { ManualClock } from '../fixtures/manual-clock.ts';
import { QueueDirectory } from './queue-directory.ts';
import { TickSchedule } from './tick-schedule.ts';

const queues = new QueueDirectory();
const a = queues.open('activity', 'n', 'a');
const b = queues.open('activity', 'n', 'b');
const c = queues.open('activity', 'n', 'c');

test('each queue ticks at its time, under one timer for the earliest', () => {
  const clock = new ManualClock(0);
  const ticked: string[] = [];
  const nameOf = new Map([
    [a, 'a'],
    [b, 'b'],
    [c, 'c'],
  ]);
  const ticks = new TickSchedule(clock, (queue) =>
    ticked.push(`${nameOf.get(queue)} at ${clock.nowUs()}`),
  );
  ticks.put(a, 300);
  ticks.put(b, 200);
  ticks.put(c, 200);
  ticks.put(b, 100);
  expect(clock.timerCount).toBe(1);
  clock.advance(1_000);
  expect(ticked).toEqual(['b at 100', 'c at 200', 'a at 300']);
  expect(clock.timerCount).toBe(0);
});

test('a tick years away is reached in steps that a timer takes', () => {
  const clock = new ManualClock(0);
  let ticked = 0;
  const ticks = new TickSchedule(clock, () => {
    ticked += 1;
  });
  ticks.put(a, 3.5 * usPerHour);
  clock.advance(3 * usPerHour);
  expect(ticked).toBe(0);
  clock.advance(0.5 * usPerHour);
  expect(ticked).toBe(1);
});
