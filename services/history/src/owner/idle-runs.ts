// The runs in memory that the store has whole, the longest idle first: a list through the handles themselves.

import type { RunHandle } from './run-handle.ts';

export class IdleRuns {
  #oldest: RunHandle | null = null;
  #newest: RunHandle | null = null;
  #size = 0;
  #bytes = 0;

  get oldest(): RunHandle | null {
    return this.#oldest;
  }

  get size(): number {
    return this.#size;
  }

  /** Of their states, encoded. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The run is idle from now on: it goes to the end of the line, wherever it stood. */
  add(handle: RunHandle, nowUs: number): void {
    this.remove(handle);
    handle.idle = { sinceUs: nowUs, before: this.#newest, behind: null, bytes: handle.stateBytes };
    if (this.#newest?.idle) this.#newest.idle.behind = handle;
    this.#newest = handle;
    this.#oldest ??= handle;
    this.#size += 1;
    this.#bytes += handle.stateBytes;
  }

  /** It changes, or leaves. */
  remove(handle: RunHandle): void {
    const place = handle.idle;
    if (place === null) return;
    if (place.before?.idle) place.before.idle.behind = place.behind;
    else this.#oldest = place.behind;
    if (place.behind?.idle) place.behind.idle.before = place.before;
    else this.#newest = place.before;
    handle.idle = null;
    this.#size -= 1;
    this.#bytes -= place.bytes;
  }
}
