// A binary heap whose items know their place, so that any of them is taken out in O(log n).

export interface HeapItem {
  /** Place in the heap; -1 when in none. Written by the heap only. */
  heapIndex: number;
}

export interface Heap<T extends HeapItem> {
  items: T[];
  /** A strict order: true when `a` comes out before `b`. */
  readonly before: (a: T, b: T) => boolean;
}

export function newHeap<T extends HeapItem>(before: (a: T, b: T) => boolean): Heap<T> {
  return { items: [], before };
}

export function heapPush<T extends HeapItem>(heap: Heap<T>, item: T): void {
  // A push to an empty array makes room for 17, and most heaps hold one item: a sticky queue has one poll.
  if (heap.items.length === 0) heap.items = [item];
  else heap.items.push(item);
  rise(heap, item, heap.items.length - 1);
}

/** Takes the item out. An item that is in no heap is left alone. */
export function heapRemove<T extends HeapItem>(heap: Heap<T>, item: T): void {
  const index = item.heapIndex;
  if (index < 0) return;
  item.heapIndex = -1;
  const last = heap.items.pop() as T;
  if (last === item) return;
  if (index > 0 && heap.before(last, parentOf(heap, index))) rise(heap, last, index);
  else sink(heap, last, index);
}

function parentOf<T extends HeapItem>(heap: Heap<T>, index: number): T {
  return heap.items[(index - 1) >> 1] as T;
}

function put<T extends HeapItem>(heap: Heap<T>, item: T, index: number): void {
  heap.items[index] = item;
  item.heapIndex = index;
}

function rise<T extends HeapItem>(heap: Heap<T>, item: T, from: number): void {
  let index = from;
  while (index > 0 && heap.before(item, parentOf(heap, index))) {
    put(heap, parentOf(heap, index), index);
    index = (index - 1) >> 1;
  }
  put(heap, item, index);
}

function sink<T extends HeapItem>(heap: Heap<T>, item: T, from: number): void {
  const { items, before } = heap;
  let index = from;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= items.length) break;
    if (child + 1 < items.length && before(items[child + 1] as T, items[child] as T)) child += 1;
    if (!before(items[child] as T, item)) break;
    put(heap, items[child] as T, index);
    index = child;
  }
  put(heap, item, index);
}
