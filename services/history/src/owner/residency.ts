// Which runs stay in memory (I11). One that left costs nothing there: a request, a task or its due time loads it again.
//
// Y1. A run leaves when the store has all of it and nobody waits for it, asks it, or is to get a task of it once more.
// Y2. A run leaves between two turns. Whoever found a handle may use it until the turn ends; who waited for something
//     else since then looks whether it has left.
// Y3. What is due in an hour whose wake rows have been read keeps its place in the timer queue. What is due later is found
//     by its wake row when its hour comes (M5, M6).
// Y4. Closed runs leave at once; open ones the longest idle first, when they have been idle for long or are too many.

import { ownBytes } from '@perdure/core-execution';
import type { Clock, DynamicConfig, TimerHandle } from '@perdure/ports';
import type { Owner } from './owner.ts';
import type { RunHandle } from './run-handle.ts';
import type { WakeIndex } from './wake-index.ts';

export interface ResidencyOptions {
  readonly clock: Clock;
  readonly config: DynamicConfig;
  readonly owner: Owner;
  readonly wakeIndex: Pick<WakeIndex, 'willRead'>;
  /** Y1: somebody waits for the run. */
  readonly inUse: (handle: RunHandle) => boolean;
  /** A deleted run has left: nothing of it is in the store any more. */
  readonly onDeletedGone: (handle: RunHandle) => void;
}

interface Bounds {
  readonly generation: number;
  readonly runsMax: number;
  readonly bytesMax: number;
  readonly idleUsMax: number;
}

const sweepUs = 5_000_000;
/** Runs that leave in one turn. */
const leavesPerTurn = 512;

export class Residency {
  /** Runs that left memory so far, closed ones included. */
  evicted = 0;
  readonly #options: ResidencyOptions;
  #leaving: RunHandle[] = [];
  #asked = false;
  /** All that is idle is in use: looking again before the next sweep would find the same. */
  #fruitless = false;
  /** The bounds in force; read again when the configuration is another. */
  #known: Bounds | null = null;
  #timer: TimerHandle;
  #stopped = false;

  constructor(options: ResidencyOptions) {
    this.#options = options;
    this.#timer = options.clock.after(sweepUs, this.#sweep);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.cancel();
  }

  /** The store has all of the run. */
  clean(handle: RunHandle): void {
    const { owner, clock } = this.#options;
    if (handle.open) {
      ownBytes(handle.state);
      owner.idle.add(handle, clock.nowUs());
    } else this.#leaving.push(handle);
    if (!handle.open || this.#tooMany()) this.#ask();
  }

  /** The run is in memory and somebody asked for it. */
  used(handle: RunHandle): void {
    const { owner, clock } = this.#options;
    if (handle.unapplied.length === 0) owner.idle.add(handle, clock.nowUs());
    if (this.#tooMany()) this.#ask();
  }

  #tooMany(): boolean {
    const { idle, runs } = this.#options.owner;
    if (this.#fruitless || idle.size === 0) return false;
    const { runsMax, bytesMax } = this.#bounds();
    return runs.size > runsMax || idle.bytes > bytesMax;
  }

  #bounds(): Bounds {
    const { config } = this.#options;
    if (this.#known?.generation !== config.generation) {
      this.#known = {
        generation: config.generation,
        runsMax: config.value('history.hostLevelCacheMaxSize'),
        bytesMax: config.value('history.hostLevelCacheMaxSizeBytes'),
        idleUsMax: config.value('history.cacheTTL'),
      };
    }
    return this.#known;
  }

  /** Y2. */
  #ask(): void {
    if (this.#asked || this.#stopped) return;
    this.#asked = true;
    this.#options.clock.endOfTurn(this.#turnEnded);
  }

  readonly #turnEnded = (): void => {
    this.#asked = false;
    if (this.#stopped) return;
    const leaving = this.#leaving;
    this.#leaving = [];
    for (const handle of leaving) {
      if (this.#mayLeave(handle)) this.#leave(handle);
      else if (handle.unapplied.length === 0 && !handle.evicted) this.used(handle);
    }
    this.#shrink();
  };

  readonly #sweep = (): void => {
    if (this.#stopped) return;
    const { owner, clock } = this.#options;
    this.#fruitless = false;
    owner.workflows.forgetIdle();
    this.#shrink();
    this.#timer = clock.after(sweepUs, this.#sweep);
  };

  /** Lets the longest idle go while they have been idle for long or are too many (Y4). */
  #shrink(): void {
    const { owner, clock } = this.#options;
    const beforeUs = clock.nowUs() - this.#bounds().idleUsMax;
    const isOld = (): boolean => (owner.idle.oldest?.idle?.sinceUs ?? beforeUs) < beforeUs;
    let left = 0;
    for (let looks = owner.idle.size; looks > 0 && (isOld() || this.#tooMany()); looks--) {
      const handle = owner.idle.oldest as RunHandle;
      if (!this.#mayLeave(handle)) {
        owner.idle.add(handle, clock.nowUs());
        if (looks === 1 && left === 0) this.#fruitless = true;
        continue;
      }
      this.#leave(handle);
      left += 1;
      if (left < leavesPerTurn) continue;
      this.#ask();
      return;
    }
  }

  #mayLeave(handle: RunHandle): boolean {
    if (handle.evicted || handle.unapplied.length > 0 || handle.folding) return false;
    return handle.deleted || !this.#options.inUse(handle);
  }

  #leave(handle: RunHandle): void {
    const { owner, wakeIndex, onDeletedGone } = this.#options;
    owner.evict(handle);
    this.evicted += 1;
    const { armed } = handle;
    handle.armed = null;
    if (armed !== null) {
      if (wakeIndex.willRead(handle.state)) owner.timers.remove(armed);
      else owner.sleepers.add(armed);
    }
    if (handle.deleted) onDeletedGone(handle);
    owner.workflows.forget(handle.state.run);
  }
}
