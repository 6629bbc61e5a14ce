import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Overlay } from './overlay.ts';

const sorted = (values: Iterable<number>): number[] => [...values].toSorted((a, b) => a - b);
const op = fc.record({ remove: fc.boolean(), key: fc.nat({ max: 4 }), value: fc.nat({ max: 99 }) });

describe('Overlay', () => {
  test('reads like a map with the changes made, and its delta makes them', () => {
    fc.assert(
      fc.property(fc.array(op), fc.array(op), (below, above) => {
        const base = new Map(below.map(({ key, value }) => [key, value]));
        const before = [...base];
        const overlay = new Overlay<number, number>(base);
        const model = new Map(base);
        for (const { remove, key, value } of above) {
          if (remove) {
            overlay.remove(key);
            model.delete(key);
          } else {
            overlay.set(key, value);
            model.set(key, value);
          }
          expect(overlay.get(key)).toBe(model.get(key));
          expect(overlay.size).toBe(model.size);
        }
        expect(sorted(overlay.values())).toEqual(sorted(model.values()));
        expect([...base]).toEqual(before);
        const { removed } = overlay.delta();
        expect(removed.every((key) => before.some(([each]) => each === key))).toBe(true);
      }),
    );
  });

  test('values come in the order that the map has after the delta', () => {
    const base = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    const overlay = new Overlay(base);
    overlay.set('c', 3);
    overlay.remove('a');
    overlay.set('a', 4);
    overlay.set('b', 5);
    expect([...overlay.values()]).toEqual([5, 3, 4]);
    expect(overlay.delta()).toEqual({ set: [3, 4, 5], removed: ['a'] });
  });
});
