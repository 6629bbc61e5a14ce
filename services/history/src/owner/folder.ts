// Materialises runs into the store (M1-M3, M5): newest state once, new events in one row.
//
// G1. A fold is taken on head and written when the last transition in it is durable; its clock is that transition's.
// G2. One batch is on its way at a time; a run in it is not folded again before it is in the store.
// G3. A wake row is in the store when it stands in an hour that was not over when the write was acknowledged (M5): one that
//     waited longer is written again, before its transitions count as stored.
// G4. `applied` moves only by what `write` has resolved for (I9); the log is trimmed only after `sync` (M: data, not cache).

import { trimBound } from '@perdure/core-log';
import { bucketOf } from '@perdure/core-shard';
import { usPerMs } from '@perdure/kernel';
import { emptyFold, type FoldBatch, type LogPartition, type Store } from '@perdure/ports';
import {
  foldBatch,
  rememberWakeBucket,
  type TakenRun,
  takeRun,
  wakeAtPresent,
} from './fold-batch.ts';
import { FoldWriter } from './fold-writer.ts';
import type { Owner } from './owner.ts';
import type { OwnedPlace } from './place.ts';
import type { RunHandle } from './run-handle.ts';

/** How often open runs are looked at. */
const sweepUs = 500 * usPerMs;
/** Closed runs wait this long for company: a store transaction costs more than its rows. */
const gatherUs = 200 * usPerMs;
const runsPerBatch = 512;
/** The log is trimmed when this much of it is applied, or when the owner is idle. */
const trimAfterBytes = 8 * 1024 * 1024;
/** From this share of the tail's bounds on, open runs are folded whatever their age (M2). */
const pressedShare = 0.5;

export interface FolderOptions {
  readonly owner: Owner;
  readonly store: Store;
  readonly log: LogPartition;
  readonly place: Pick<OwnedPlace, 'logPartition' | 'map'>;
  /** A store that fails is asked again for as long as it takes (M10); otherwise it ends the process. */
  readonly storeMayReturn: boolean;
  /** An open run is folded when its oldest unapplied transition is this old (M2); 0: at once. */
  readonly openRunAgeUs: () => number;
  /** Resolves when the log's other readers have stored what lies at or below the offset; then `applied` may pass it. */
  readonly beforeApplied: (offset: number) => Promise<void>;
  /** What `beforeApplied` would not have to wait for. */
  readonly storedElsewhere: () => number;
  /** The store or the log cannot be used any more. */
  readonly onHalt: (fault: Error) => void;
  /** The run is in the store as it is on head and nothing keeps it in memory. */
  readonly onClean: (handle: RunHandle) => void;
}

export class Folder {
  /** Runs folded, and the batches they went in. */
  readonly counts = { runs: 0, batches: 0 };
  readonly #options: FolderOptions;
  readonly #writer: FoldWriter;
  #closed = new Set<RunHandle>();
  readonly #open = new Set<RunHandle>();
  #busy = false;
  #gathering = false;
  #stopped = false;
  #writtenSinceTrim = 0;
  #trimmedTo = 0;
  #appliedWritten = -1;
  #idle: (() => void)[] = [];

  constructor(options: FolderOptions) {
    this.#options = options;
    this.#writer = new FoldWriter(options);
    this.#sweepLater();
  }

  /** A transition of the run is durable. */
  dirty(handle: RunHandle): void {
    const pressed = this.#pressed;
    if (handle.open && !pressed && this.#options.openRunAgeUs() > 0) {
      this.#open.add(handle);
      return;
    }
    this.#open.delete(handle);
    this.#closed.add(handle);
    if (pressed) this.#foldAll();
    if (this.#closed.size >= runsPerBatch) this.#run();
    else if (!this.#gathering) {
      this.#gathering = true;
      this.#options.owner.clock.after(gatherUs, () => {
        this.#gathering = false;
        this.#run();
      });
    }
  }

  /** Folds the run whatever its age; resolves when the store has all of it. */
  async stored(handle: RunHandle): Promise<void> {
    while (handle.unapplied.length > 0) {
      this.#open.delete(handle);
      this.#closed.add(handle);
      await new Promise<void>((resolve) => {
        this.#idle.push(resolve);
        this.#run();
      });
    }
  }

  /** Folds everything, trims, and resolves when the store has it all. */
  async drain(): Promise<void> {
    while (this.#open.size + this.#closed.size > 0 || this.#busy) {
      this.#foldAll();
      await new Promise<void>((resolve) => {
        this.#idle.push(resolve);
        this.#run();
      });
    }
    // Nothing beside it: the sweep would begin another one, and find the log closed when it comes to trim.
    this.#busy = true;
    try {
      await this.#settle();
    } finally {
      this.#busy = false;
    }
  }

  /** The tail is half full: nothing waits for its age any more (M2). */
  get #pressed(): boolean {
    return this.#options.owner.tailShare >= pressedShare;
  }

  #foldAll(): void {
    for (const handle of this.#open) this.#closed.add(handle);
    this.#open.clear();
  }

  stop(): void {
    this.#stopped = true;
    this.#writer.stop();
  }

  #sweepLater(): void {
    this.#options.owner.clock.after(sweepUs, () => {
      if (this.#stopped) return;
      this.#sweep();
      this.#sweepLater();
    });
  }

  #sweep(): void {
    const { owner } = this.#options;
    const pressed = this.#pressed;
    const nowUs = owner.clock.nowUs();
    const ageUs = this.#options.openRunAgeUs();
    for (const handle of this.#open) {
      if (pressed || nowUs - handle.dirtySinceUs >= ageUs) {
        this.#open.delete(handle);
        this.#closed.add(handle);
      }
    }
    if (this.#closed.size > 0) this.#run();
    else if (!this.#busy && this.#open.size === 0) this.#settleIdle();
  }

  #settleIdle(): void {
    this.#busy = true;
    this.#settle().then(
      () => {
        this.#busy = false;
        this.#run();
      },
      (fault: unknown) => this.#options.onHalt(fault as Error),
    );
  }

  #run(): void {
    if (this.#busy || this.#stopped) return;
    if (this.#closed.size === 0) {
      this.#tellIdle();
      return;
    }
    this.#busy = true;
    const { owner } = this.#options;
    const taken: TakenRun[] = [];
    for (const handle of this.#closed) {
      this.#closed.delete(handle);
      const run = takeRun(owner, handle);
      if (run !== null) taken.push(run);
      if (taken.length >= runsPerBatch) break;
    }
    void this.#write(taken).then(
      () => {
        this.#busy = false;
        if (this.#closed.size >= runsPerBatch || this.#idle.length > 0) this.#run();
        else if (this.#closed.size > 0 && !this.#gathering) this.#run();
      },
      (fault: unknown) => this.#options.onHalt(fault as Error),
    );
  }

  #tellIdle(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  async #write(taken: readonly TakenRun[]): Promise<void> {
    const { owner } = this.#options;
    if (taken.length === 0) return;
    await owner.afterHead();
    const writtenBucket = await this.#persist(foldBatch(taken, this.#options.place.logPartition));
    for (const run of taken) rememberWakeBucket(run, writtenBucket);
    this.counts.runs += taken.length;
    this.counts.batches += 1;
    for (const { handle, entry, entryChange, transitions, state, lastEventId } of taken) {
      handle.folding = false;
      handle.stateBytes = state.length;
      handle.unapplied.splice(0, transitions.length);
      handle.storedEventId = lastEventId;
      for (const { frame, bytes } of transitions) {
        if (frame !== null) owner.ledger.stored(frame);
        owner.unappliedBytes -= bytes;
        this.#writtenSinceTrim += bytes;
      }
      if (entryChange !== null) entry?.stored(entryChange);
      if (handle.unapplied.length === 0) this.#options.onClean(handle);
      else {
        handle.dirtySinceUs = owner.clock.nowUs();
        this.dirty(handle);
      }
    }
    if (this.#writtenSinceTrim >= trimAfterBytes) await this.#settle();
  }

  /**
   * Writes until the store has it. With a batch `applied` goes along as far as nobody has to be waited for: it matters only
   * when the log is trimmed. Returns the hour before which no wake row of the batch stands (G3).
   */
  async #persist(batch: FoldBatch, trimming = false): Promise<number> {
    const { owner, place } = this.#options;
    const { logPartition, map } = place;
    let { applied } = owner.ledger;
    if (applied !== null && applied.offset > this.#options.storedElsewhere()) {
      if (trimming) await this.#options.beforeApplied(applied.offset);
      else applied = null;
    }
    const row = applied === null ? null : { logPartition, ...applied, mapVersion: map.version };
    let written = await this.#writer.write({ ...batch, applied: row });
    if (applied !== null) this.#appliedWritten = applied.offset;
    for (;;) {
      const nowUs = owner.clock.nowUs();
      const { wake } = wakeAtPresent(written, nowUs);
      const passed = wake.filter((wakeRow, at) => wakeRow !== written.wake[at]);
      if (passed.length === 0) return bucketOf(0, nowUs);
      written = await this.#writer.write({ ...emptyFold, wake: passed });
    }
  }

  /** Brings `applied` up to date, makes the store power-safe, and lets the log forget what it holds. */
  async #settle(): Promise<void> {
    const { owner, store, log } = this.#options;
    const applied = owner.ledger.applied;
    if (applied === null || applied.offset <= this.#trimmedTo) return;
    if (applied.offset > this.#appliedWritten) await this.#persist(emptyFold, true);
    await store.sync();
    this.#writtenSinceTrim = 0;
    this.#trimmedTo = applied.offset;
    await log.trim(trimBound(applied, []));
  }
}
