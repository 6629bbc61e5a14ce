// The wake index at work (M5, M6): what is found after a take-over, and the upkeep of its hour buckets.
//
// K1. At a take-over every row from the oldest bucket through the next hour is acted upon; each later hour, the bucket
//     that becomes the next one.
// K2. A row is a hint. One whose run is in memory is not looked at: memory knows better.
// K3. A bucket two hours old is dropped only after its live rows stand in the current one (M6), with the newest clock that
//     was durable before it was read. A row that a fold brings meanwhile is above that clock, and stays for the next look;
//     or its fold was under way for hours, and writes the row once more (folder.ts, G3).
// K4. An hour whose walk failed because the store was away is walked again.

import { decodeSnapshot, type ExecutionState } from '@perdure/core-execution';
import { bucketOf, outstandingOf, type WakeOffer, wakeOfferCodec } from '@perdure/core-shard';
import { type RunKey, runKeyText, usPerMinute } from '@perdure/kernel';
import { emptyFold, type Store, StoreUnavailable, type WakeRow } from '@perdure/ports';
import type { Owner } from './owner.ts';
import type { OwnedPlace } from './place.ts';

const rowsPerRead = 1000;

export interface WakeIndexOptions {
  readonly owner: Owner;
  readonly store: Store;
  readonly place: Pick<OwnedPlace, 'logPartition' | 'blocks'>;
  /** Offers the one task of a run that is not in memory. */
  readonly offer: (run: RunKey, offer: WakeOffer) => void;
  readonly onHalt: (fault: Error) => void;
}

export class WakeIndex {
  readonly #options: WakeIndexOptions;
  /** Buckets up to this one have been acted upon, or are being. */
  #actedTo = 0;
  /** Of them, those whose walk came to its end. */
  #walkedTo = 0;
  #stopped = false;

  constructor(options: WakeIndexOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** K1, once, before serving. Returns the number of rows acted upon. */
  async takeOver(): Promise<number> {
    const { owner } = this.#options;
    const nextHour = bucketOf(0, owner.clock.nowUs()) + 1;
    this.#actedTo = nextHour;
    this.#walkedTo = nextHour;
    const newest = new Map<string, WakeRow>();
    // Side by side: one after the other the blocks of a node would take longer than its whole take-over may.
    const { blocks } = this.#options.place;
    const found = await Promise.all(blocks.map((block) => this.#rowsTo(block, nextHour)));
    for (const row of found.flat()) {
      const key = runKeyText(row.run);
      if ((newest.get(key)?.version ?? -1) < row.version) newest.set(key, row);
    }
    for (const row of newest.values()) this.#act(row);
    this.#upkeepLater();
    return newest.size;
  }

  /**
   * True if nothing has to be remembered of the run: its wake row stands in an hour that will be read. The state is as
   * the store has it, so the row is there; an offer or several tasks would have put it into an hour that is over.
   */
  willRead(state: ExecutionState): boolean {
    const nowUs = this.#options.owner.clock.nowUs();
    const outstanding = outstandingOf(state, nowUs);
    if (outstanding === null) return true;
    const { offer, loadAtUs } = outstanding;
    return offer === null && loadAtUs !== null && bucketOf(loadAtUs, nowUs) > this.#actedTo;
  }

  /** From one bucket that has rows to the next: a server may have been away for months. */
  async #rowsTo(block: number, last: number): Promise<WakeRow[]> {
    const { store } = this.#options;
    const found: WakeRow[] = [];
    let bucket = await store.oldestWakeBucket(block);
    while (bucket !== null && bucket <= last) {
      for await (const row of this.#rows(block, bucket)) found.push(row);
      bucket = await store.oldestWakeBucket(block, bucket + 1);
    }
    return found;
  }

  async *#rows(block: number, bucket: number): AsyncGenerator<WakeRow> {
    let after: RunKey | null = null;
    for (;;) {
      const rows: readonly WakeRow[] = await this.#options.store.readWake(
        block,
        bucket,
        after,
        rowsPerRead,
      );
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < rowsPerRead) return;
      after = last.run;
    }
  }

  #act(row: WakeRow): void {
    const { owner } = this.#options;
    const key = runKeyText(row.run);
    if (owner.runs.has(key)) return;
    if (row.offer !== null) this.#options.offer(row.run, wakeOfferCodec.decode(row.offer));
    if (row.loadAtUs !== null) owner.sleepers.add({ dueUs: row.loadAtUs, run: row.run, at: -1 });
  }

  #upkeepLater(): void {
    this.#options.owner.clock.after(usPerMinute, () => {
      if (this.#stopped) return;
      this.#upkeep().then(
        () => this.#upkeepLater(),
        // A store that is closed under a walk that goes on is no fault of its.
        (fault: unknown) => {
          if (this.#stopped) return;
          if (fault instanceof StoreUnavailable) this.#upkeepLater();
          else this.#options.onHalt(fault as Error);
        },
      );
    });
  }

  async #upkeep(): Promise<void> {
    const { owner, store } = this.#options;
    const current = bucketOf(0, owner.clock.nowUs());
    const first = this.#walkedTo + 1;
    if (current + 1 < first) return;
    // From here on a run that is due in these hours keeps its place in the timer queue when it leaves memory.
    this.#actedTo = current + 1;
    for (const block of this.#options.place.blocks) {
      for (let bucket = first; bucket <= current + 1; bucket++) {
        for await (const row of this.#rows(block, bucket)) this.#act(row);
      }
      await this.#carryOver(block, current, store);
    }
    this.#walkedTo = current + 1;
  }

  /** K3. */
  async #carryOver(block: number, current: number, store: Store): Promise<void> {
    const { owner } = this.#options;
    for (let from = 0; ; ) {
      const bucket = await store.oldestWakeBucket(block, from);
      if (bucket === null || bucket > current - 2) return;
      from = bucket + 1;
      const clock = owner.pump.durableClock;
      const live: WakeRow[] = [];
      for await (const row of this.#rows(block, bucket)) {
        if (await this.#isLive(row)) live.push({ ...row, bucket: current });
      }
      // What head says of them has to be durable, and said by who still owns: a start that is void leaves its task here.
      await owner.afterHead();
      if (live.length > 0) await store.write({ ...emptyFold, wake: live });
      const { logPartition } = this.#options.place;
      const dropped = { block, bucket, logPartition, clock };
      await store.write({ ...emptyFold, wakeBucketsDropped: [dropped] });
    }
  }

  /** A row lives while it says what is outstanding: not for a closed run, nor for one with a row in a later hour. */
  async #isLive(row: WakeRow): Promise<boolean> {
    const { owner, store } = this.#options;
    const nowUs = owner.clock.nowUs();
    const handle = owner.runs.get(runKeyText(row.run));
    if (handle?.wake?.bucket === row.bucket) {
      handle.wake = { ...handle.wake, bucket: bucketOf(0, nowUs) };
    }
    if (handle !== undefined) return hasRowUpTo(handle.state, nowUs);
    const stored = await store.readRunState(row.run);
    return stored !== null && hasRowUpTo(decodeSnapshot(row.run, stored.state), nowUs);
  }
}

/** True if the wake row of that state belongs into this hour or one before it. */
function hasRowUpTo(state: ExecutionState, nowUs: number): boolean {
  const outstanding = outstandingOf(state, nowUs);
  if (outstanding === null) return false;
  const { offer, loadAtUs } = outstanding;
  return offer !== null || bucketOf(loadAtUs ?? nowUs, nowUs) <= bucketOf(0, nowUs);
}
