// Deletes closed runs whose retention is over (M7).
//
// N1. The visibility index is a hint. The owner looks at the run itself, and deletes it as a client would: by a transition.
// N2. Everything else goes first: a page at a time, at a bounded rate, and not while the store has a lot to catch up with.
// N3. When nothing is due, a round is one look at the end of an index for each namespace.
// N4. A run that must stay, because a key or a message of it is not released (X3) or it is quarantined (L12), is passed over.

import { keyLifeUs } from '@perdure/core-shard';
import { RejectionError, type RunKey, runKeyText, usPerSecond } from '@perdure/kernel';
import {
  type Clock,
  type DynamicConfig,
  emptyFold,
  type Namespaces,
  type Store,
  type TimerHandle,
  type VisibilityIndex,
} from '@perdure/ports';
import { deleteDurably } from './deletion.ts';
import type { Loader } from './loader.ts';
import type { Owner } from './owner.ts';
import { holds, type OwnedPlace } from './place.ts';
import type { VisibilityFeed } from './visibility-feed.ts';

export interface RetentionOptions {
  readonly clock: Clock;
  readonly config: DynamicConfig;
  readonly owner: Owner;
  readonly loader: Loader;
  readonly store: Store;
  readonly namespaces: Namespaces;
  readonly visibility: VisibilityIndex;
  /** Its runs alone: those of the others are for their owners to delete. */
  readonly logPartition: number;
  readonly feed: VisibilityFeed;
  readonly place: OwnedPlace;
  readonly onTrouble: (message: string, error: unknown) => void;
}

export interface RetentionCounts {
  rounds: number;
  /** Runs deleted. */
  deleted: number;
  /** Times that a run was passed over (N4). */
  passedOver: number;
  /** Rows of the index without a run: removed. */
  stale: number;
  /** Workflow ids without a run whose last request id expired: removed. */
  workflowIds: number;
}

type Fate = 'deleted' | 'passedOver' | 'stale';

const runsPerPage = 100;
/** Of the bound of the tail, transitions that the store lacks: above it retention waits (N2). */
const unappliedMax = 5_000;
/** Ids that wait for their last request id to expire; what is beyond them keeps a small row. */
const waitingIdsMax = 100_000;

export class Retention {
  readonly counts: RetentionCounts = {
    rounds: 0,
    deleted: 0,
    passedOver: 0,
    stale: 0,
    workflowIds: 0,
  };
  readonly #options: RetentionOptions;
  /** In the order in which they lost a run, which is that in which their keys have expired. */
  #waitingIds: {
    readonly namespaceId: string;
    readonly workflowId: string;
    readonly atUs: number;
  }[] = [];
  #timer: TimerHandle | null = null;
  #stopped = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#later(this.#options.config.value('history.retentionInterval'));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /**
   * A run of the id was deleted, or it never had one. If nothing but keys is left of it (W8, X3), its row goes when they have
   * expired.
   */
  forgetLater({ namespaceId, workflowId }: Pick<RunKey, 'namespaceId' | 'workflowId'>): void {
    if (this.#waitingIds.length >= waitingIdsMax) return;
    const atUs = this.#options.clock.nowUs() + keyLifeUs;
    this.#waitingIds.push({ namespaceId, workflowId, atUs });
  }

  #later(us: number): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(us, () => {
      this.#round().then(
        (pauseUs) => this.#later(pauseUs),
        (error: unknown) => {
          if (!this.#stopped) this.#options.onTrouble('retention could not go on', error);
          this.#later(this.#options.config.value('history.retentionInterval'));
        },
      );
    });
  }

  /** One page of each namespace; answers with how long to wait for the next round. */
  async #round(): Promise<number> {
    const { clock, config, namespaces, owner, feed } = this.#options;
    if (owner.ledger.missing > unappliedMax) return usPerSecond;
    this.counts.rounds += 1;
    let done = 0;
    let more = false;
    for (const { id, retentionUs } of namespaces.list()) {
      const beforeUs = clock.nowUs() - retentionUs;
      const { deleted, full } = await this.#page(id, beforeUs);
      done += deleted;
      more ||= full;
    }
    await this.#forgetIds();
    if (!more) return config.value('history.retentionInterval');
    // What was deleted leaves the index before the next page is read from it.
    await feed.flushed();
    return Math.ceil((done * usPerSecond) / config.value('history.retentionDeletionRPS'));
  }

  /** `full`: there may be more to delete behind this page. */
  async #page(namespaceId: string, beforeUs: number): Promise<{ deleted: number; full: boolean }> {
    const { visibility, logPartition } = this.#options;
    for (let skip = 0; ; ) {
      const runs = await visibility.closedBefore(
        logPartition,
        namespaceId,
        beforeUs,
        runsPerPage,
        skip,
      );
      if (runs.length === 0 || this.#stopped) return { deleted: 0, full: false };
      const fates = await Promise.all(runs.map((run) => this.#fateOf(run, beforeUs)));
      for (const fate of fates) this.counts[fate] += 1;
      const stayed = fates.filter((fate) => fate === 'passedOver').length;
      const deleted = runs.length - stayed;
      const full = runs.length === runsPerPage;
      if (deleted > 0 || !full) return { deleted, full };
      skip += stayed;
    }
  }

  /** Runs of other owners are theirs. */
  async #fateOf(run: RunKey, beforeUs: number): Promise<Fate> {
    return holds(this.#options.place, run) ? this.#decide(run, beforeUs) : 'passedOver';
  }

  /** N1. */
  async #decide(run: RunKey, beforeUs: number): Promise<Fate> {
    const { owner, loader, feed } = this.#options;
    try {
      return await loader.findTogether(run, async ({ entry, handle }) => {
        const over = !handle.open && handle.state.progress.closeTimeUs < beforeUs;
        const underWay = handle.state.outbox.size > 0 || entry.keys.awaitsRelease(run.runId);
        if (!over || handle.quarantined !== null || underWay) return 'passedOver';
        if (this.#stopped) return 'passedOver';
        await deleteDurably(owner, handle, entry);
        return 'deleted';
      });
    } catch (error) {
      if (!(error instanceof RejectionError)) throw error;
      if (error.rejection.code !== 'NOT_FOUND') return 'passedOver';
      feed.remove({ key: runKeyText(run), run });
      return 'stale';
    }
  }

  async #forgetIds(): Promise<void> {
    const { clock, loader, store } = this.#options;
    const nowUs = clock.nowUs();
    const due = this.#waitingIds.findIndex(({ atUs }) => atUs > nowUs);
    const ids = this.#waitingIds.splice(0, due === -1 ? this.#waitingIds.length : due);
    if (ids.length === 0) return;
    const entries = await Promise.all(
      ids.map(async ({ namespaceId, workflowId }) => loader.workflow(namespaceId, workflowId)),
    );
    // A removal with the clock of the row itself: a row that comes meanwhile is younger, and stays (M1).
    const gone = entries.filter(
      (entry) => entry.isEmpty(nowUs) && entry.lastChange === null && entry.storedClock > 0,
    );
    const workflowsRemoved = gone.map(({ namespaceId, workflowId, storedClock: clock }) => ({
      namespaceId,
      workflowId,
      logPartition: this.#options.place.logPartition,
      clock,
    }));
    await store.write({ ...emptyFold, workflowsRemoved });
    this.counts.workflowIds += gone.length;
  }
}
