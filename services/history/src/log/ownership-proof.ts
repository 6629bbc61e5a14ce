// How an owner of a cluster notices that it is none any more, when nobody asks it (W5, L4).
//
// X1. With runs in memory it appends a barrier, unless the log has confirmed it recently.
// X2. With none nobody waits for it, and an append each second would only make the log longer. But an owner that is named
//     and does not know that it was fenced keeps everybody from claiming: so it looks, more seldom, whether others have
//     written, and appends a barrier only then.

import type { Clock, LogPartition } from '@perdure/ports';
import type { LogPump } from './log-pump.ts';

const idleLooksAreRarerBy = 10;

export interface OwnershipProofOptions {
  readonly pump: LogPump;
  readonly log: LogPartition;
  readonly clock: Clock;
  /** Nothing is in memory. */
  readonly idle: () => boolean;
}

/** Asks for a proof, unless there was one less than so many µs ago; whoever is no owner any more hears of it as always. */
export function ownershipProof(options: OwnershipProofOptions): (ageUs: number) => void {
  const { pump, log, clock, idle } = options;
  const prove = (): void => pump.afterHead({ durable: () => undefined, failed: () => undefined });
  let lookedUs = clock.nowUs();
  return (ageUs) => {
    const nowUs = clock.nowUs();
    if (nowUs - pump.provenUs < ageUs) return;
    if (!idle()) {
      prove();
      return;
    }
    if (nowUs - lookedUs < idleLooksAreRarerBy * ageUs) return;
    lookedUs = nowUs;
    log.endOffset().then(
      (endOffset) => {
        if (endOffset > pump.nextOffset) prove();
      },
      // Asked again at the next look.
      () => undefined,
    );
  };
}
