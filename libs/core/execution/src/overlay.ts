// A map with changes on top: reading sees both, the map below stays as it is, and the changes can be taken as a delta.

export class Overlay<K, V> {
  readonly #base: ReadonlyMap<K, V>;
  readonly #set = new Map<K, V>();
  /** Keys of the base whose value is gone, whether or not there is a new one. */
  readonly #removed = new Set<K>();
  #size: number;

  constructor(base: ReadonlyMap<K, V>) {
    this.#base = base;
    this.#size = base.size;
  }

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    const set = this.#set.get(key);
    if (set !== undefined) return set;
    return this.#removed.has(key) ? undefined : this.#base.get(key);
  }

  set(key: K, value: V): void {
    if (this.get(key) === undefined) this.#size += 1;
    this.#set.set(key, value);
  }

  remove(key: K): void {
    if (this.get(key) === undefined) return;
    this.#size -= 1;
    this.#set.delete(key);
    if (this.#base.has(key)) this.#removed.add(key);
  }

  /** In the order in which the map will have them once the delta is folded. */
  *values(): Generator<V> {
    for (const [key, value] of this.#base) {
      if (!this.#removed.has(key)) yield this.#set.get(key) ?? value;
    }
    for (const [key, value] of this.#set) {
      if (!this.#base.has(key) || this.#removed.has(key)) yield value;
    }
  }

  /** What was removed, to be folded before what was set. */
  delta(): { readonly set: V[]; readonly removed: K[] } {
    return { set: [...this.#set.values()], removed: [...this.#removed] };
  }
}
