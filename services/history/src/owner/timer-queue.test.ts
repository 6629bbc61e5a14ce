// The timer queue: runs are woken in the order in which they are due, never early, and closed ones not at all.

import type { Clock, TimerHandle } from '@perdure/ports';
import { describe, expect, it } from 'vitest';
import { type DueRun, TimerQueue } from './timer-queue.ts';

/** Time that stands still until it is told to go on. */
class SteppedClock implements Clock {
  #nowUs = 1_000;
  readonly #timers = new Set<{ atUs: number; callback: () => void }>();

  nowUs(): number {
    return this.#nowUs;
  }

  after(delayUs: number, callback: () => void): TimerHandle {
    const timer = { atUs: this.#nowUs + delayUs, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  endOfTurn(callback: () => void): void {
    this.after(0, callback);
  }

  get timers(): number {
    return this.#timers.size;
  }

  goTo(nowUs: number): void {
    this.#nowUs = nowUs;
    for (let due = this.#due(); due !== undefined; due = this.#due()) {
      this.#timers.delete(due);
      due.callback();
    }
  }

  #due(): { atUs: number; callback: () => void } | undefined {
    return [...this.#timers].find(({ atUs }) => atUs <= this.#nowUs);
  }
}

const entry = (key: string, dueUs: number): DueRun => ({
  dueUs,
  run: { namespaceId: 'n', workflowId: key, runId: key },
  at: -1,
});

function queue(): { clock: SteppedClock; timers: TimerQueue; woken: string[] } {
  const clock = new SteppedClock();
  const woken: string[] = [];
  return { clock, woken, timers: new TimerQueue(clock, ({ run }) => woken.push(run.runId)) };
}

describe('timer queue', () => {
  it('wakes what is due, in order, and nothing early', () => {
    const { clock, timers, woken } = queue();
    for (const [key, dueUs] of [
      ['c', 3_000],
      ['a', 1_500],
      ['b', 2_000],
    ] as const) {
      timers.add(entry(key, dueUs));
    }
    clock.goTo(1_499);
    expect(woken).toEqual([]);
    clock.goTo(2_500);
    expect(woken).toEqual(['a', 'b']);
    clock.goTo(3_000);
    expect(woken).toEqual(['a', 'b', 'c']);
  });

  it('keeps one timer of the process, for the earliest', () => {
    const { clock, timers } = queue();
    for (let at = 100; at > 0; at--) timers.add(entry(String(at), 1_000_000 + at));
    expect(clock.timers).toBe(1);
  });

  it('wakes nobody for what was taken out, from wherever it stood', () => {
    const { clock, timers, woken } = queue();
    const entries = Array.from({ length: 200 }, (_none, at) =>
      entry(String(at), 2_000 + ((at * 7919) % 200)),
    );
    for (const due of entries) timers.add(due);
    const out = entries.filter((_due, at) => at % 3 === 0);
    for (const due of [...out, ...out]) timers.remove(due);
    expect(timers.size).toBe(entries.length - out.length);
    clock.goTo(3_000);
    const expected = entries
      .filter((due) => !out.includes(due))
      .toSorted((one, other) => one.dueUs - other.dueUs)
      .map(({ run }) => run.runId);
    expect(woken).toEqual(expected);
    expect(timers.size).toBe(0);
  });

  it('wakes thousands that are due at once, all of them', () => {
    const { clock, timers, woken } = queue();
    for (let at = 0; at < 5_000; at++) timers.add(entry(String(at), 2_000));
    clock.goTo(2_000);
    expect(new Set(woken).size).toBe(5_000);
  });
});
