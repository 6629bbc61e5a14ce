// The checkpoint against a model that remembers every transition, and the orders of events that once lost one.

import type { FramePosition } from '@perdure/core-log';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameLedger, type OpenFrame } from './frame-ledger.ts';

/** A frame of so many transitions; the clock of transition i of frame n is 100 n + i. */
const frame = (number: number, size: number): FramePosition => ({
  offset: 10 + number,
  epoch: 1,
  nonce: 'n',
  number,
  clock: 100 * number + size - 1,
});
const clockOf = (number: number, index: number): number => 100 * number + index;

describe('FrameLedger', () => {
  test('applied is the last frame before the first one that is not wholly stored', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        (sizes, draws) => {
          const ledger = new FrameLedger(null);
          const named: { frame: OpenFrame; number: number; stored: boolean }[] = [];
          const draw = (): number => draws.next().value as number;
          let next = { number: 0, index: 0 };
          const whole = (number: number): boolean => {
            const of = named.filter((each) => each.number === number);
            return of.length === sizes[number] && of.every(({ stored }) => stored);
          };
          for (;;) {
            const size = sizes[next.number];
            const open = named.filter(({ stored }) => !stored);
            if (size === undefined && open.length === 0) break;
            if (size !== undefined && (open.length === 0 || draw() % 2 === 0)) {
              const { number, index } = next;
              const position = frame(number, size);
              const held = ledger.durable(position, clockOf(number, index));
              named.push({ frame: held, number, stored: false });
              next =
                index + 1 < size ? { number, index: index + 1 } : { number: number + 1, index: 0 };
            } else {
              const one = open[draw() % open.length];
              if (one === undefined) continue;
              one.stored = true;
              ledger.stored(one.frame);
            }
            const last = sizes.findIndex((_, number) => !whole(number));
            const applied = (last === -1 ? sizes.length : last) - 1;
            expect(ledger.applied?.number ?? -1).toBe(applied);
            expect(ledger.missing).toBe(named.filter(({ stored }) => !stored).length);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('A2: a frame does not count before all of it was named, though the store has what was', () => {
    // Recovery names the transitions of a frame one by one; those that the store has are stored at once.
    const ledger = new FrameLedger(frame(0, 1));
    const position = frame(1, 2);
    ledger.stored(ledger.durable(position, clockOf(1, 0)));
    expect(ledger.applied?.number).toBe(0);
    const rest = ledger.durable(position, clockOf(1, 1));
    expect(ledger.applied?.number).toBe(0);
    ledger.stored(rest);
    expect(ledger.applied?.number).toBe(1);
  });

  test('refuses what would falsify it: a transition stored twice, a frame begun before the last was whole', () => {
    const ledger = new FrameLedger(null);
    const held = ledger.durable(frame(1, 2), clockOf(1, 0));
    expect(() => ledger.durable(frame(2, 1), clockOf(2, 0))).toThrow('A2');
    ledger.stored(held);
    expect(() => ledger.stored(held)).toThrow('A1');
  });

  test('goes on over thousands of frames', () => {
    const ledger = new FrameLedger(null);
    const held: OpenFrame[] = [];
    for (let number = 0; number < 5000; number++) {
      held.push(ledger.durable(frame(number, 1), clockOf(number, 0)));
      if (held.length > 10) ledger.stored(held.shift() as OpenFrame);
    }
    expect(ledger.applied?.number).toBe(4989);
    expect(ledger.missing).toBe(10);
    for (const each of held.toReversed()) ledger.stored(each);
    expect(ledger.applied?.number).toBe(4999);
  });
});

describe('empty frames', () => {
  const at = (offset: number) => ({ offset, epoch: 1, nonce: 'n', number: offset, clock: offset });

  test('move the checkpoint now and then, when nothing is missing', () => {
    const ledger = new FrameLedger(null);
    for (let offset = 1; offset < 256; offset++) ledger.empty(at(offset));
    expect(ledger.applied).toBeNull();
    ledger.empty(at(256));
    expect(ledger.applied).toEqual(at(256));
    ledger.empty(at(257));
    expect(ledger.applied).toEqual(at(256));
  });

  test('do not while something is missing', () => {
    const ledger = new FrameLedger(null);
    const frame = ledger.durable(at(1), 1);
    for (let offset = 2; offset < 300; offset++) ledger.empty(at(offset));
    expect(ledger.applied).toBeNull();
    ledger.stored(frame);
    expect(ledger.applied).toEqual(at(1));
    ledger.empty(at(300));
    expect(ledger.applied).toEqual(at(300));
  });
});
