import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HeapItem, heapPush, heapRemove, newHeap } from './heap.ts';

interface Item extends HeapItem {
  readonly rank: number;
  readonly arrival: number;
}
const before = (a: Item, b: Item): boolean =>
  a.rank === b.rank ? a.arrival < b.arrival : a.rank < b.rank;

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ push: fc.nat({ max: 99 }) }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat({ max: 99 }) }) },
);

test('heap: the first item is the first of a sorted list, whatever was taken out of the middle', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
      const heap = newHeap<Item>(before);
      const list: Item[] = [];
      for (const [arrival, each] of steps.entries()) {
        if ('push' in each) {
          const item = { rank: each.push, arrival, heapIndex: -1 };
          heapPush(heap, item);
          list.push(item);
        } else {
          const [item] = list.splice(each.remove % Math.max(1, list.length), 1);
          if (item === undefined) continue;
          heapRemove(heap, item);
          heapRemove(heap, item);
          expect(item.heapIndex).toBe(-1);
        }
        list.sort((a, b) => (before(a, b) ? -1 : 1));
        expect(heap.items[0]).toBe(list[0]);
        expect(heap.items).toHaveLength(list.length);
        expect(heap.items.every((item, index) => item.heapIndex === index)).toBe(true);
        const { items } = heap;
        const parentOf = (index: number): Item => items[(index - 1) >> 1] ?? (items[0] as Item);
        expect(items.some((item, index) => before(item, parentOf(index)))).toBe(false);
      }
    }),
    { numRuns: 40 },
  );
});
