// Writes folds until the store has them (M3).

import { usPerHour, usPerMs } from '@perdure/kernel';
import { type FoldBatch, type Store, StoreUnavailable } from '@perdure/ports';
import { wakeAtPresent } from './fold-batch.ts';
import type { Owner } from './owner.ts';

const retryUs = 200 * usPerMs;
/** L9. */
const unprovenUsMax = usPerHour;

export interface FoldWriterOptions {
  readonly owner: Owner;
  readonly store: Store;
  /** A store that fails is asked again for as long as it takes (M10); otherwise it ends the process. */
  readonly storeMayReturn: boolean;
}

export class FoldWriter {
  readonly #options: FoldWriterOptions;
  #stopped = false;

  constructor(options: FoldWriterOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * Sends the same batch until the store has it, but for wake rows, which go into hours that are not over. A store that is
   * away is waited for (M10); one that cannot recover ends the process. Returns the batch as it was written.
   */
  async write(batch: FoldBatch): Promise<FoldBatch> {
    const { owner, store, storeMayReturn } = this.#options;
    for (let tries = 0; ; tries++) {
      this.#mayWrite();
      const atPresent = wakeAtPresent(batch, owner.clock.nowUs());
      try {
        await store.write(atPresent);
        return atPresent;
      } catch (fault) {
        const returns = storeMayReturn || fault instanceof StoreUnavailable;
        if (this.#stopped || (tries >= 2 && !returns)) throw fault;
        await new Promise<void>((resolve) => owner.clock.after(retryUs, resolve));
      }
    }
  }

  /** L9: what an owner that lost its log for long still believes may be older than what the store forgets. */
  #mayWrite(): void {
    const { owner, storeMayReturn } = this.#options;
    if (!storeMayReturn || owner.clock.nowUs() - owner.pump.provenUs < unprovenUsMax) return;
    throw new Error('the owner was not confirmed by the log for an hour: it writes nothing more');
  }
}
