// Taking a LogPartition over from oneself, after an append that ended without an outcome (L6).
//
// Y1. A higher epoch is announced until one Announce is acknowledged; each has its own epoch and nonce, for each may land.
// Y2. What stands before that Announce is read from where the frame was expected on. The frame counts if it is there.
// Y3. Nothing else is sent meanwhile (W2); the log is asked again after a while for as long as the owner wants to be one.

import { claim, encodeAnnounce, type LogWriter, type Reclaim } from '@perdure/core-log';
import type { Group } from './group.ts';
import type { SharedPartition } from './shared-partition.ts';

const firstPauseUs = 20_000;
const longestPauseUs = 1_000_000;

/** Null: the owner gave up meanwhile. */
export async function claimAgain(
  shared: SharedPartition,
  writer: LogWriter<Group>,
  ended: () => boolean,
): Promise<Reclaim<Group> | null> {
  const { owner, generation, newNonce } = shared.options;
  const nonces = new Set<string>();
  for (let pauseUs = firstPauseUs; ; pauseUs = Math.min(2 * pauseUs, longestPauseUs)) {
    if (ended()) return null;
    const nonce = newNonce();
    nonces.add(nonce);
    const inForce = { epoch: writer.epoch, nonce: '', nextNumber: 1, clock: 0 };
    const announce = claim(inForce, shared.lastTried, { owner, nonce, generation });
    shared.tries(announce.epoch);
    const found = await announced(shared, writer.nextOffset, encodeAnnounce(announce));
    if (ended()) return null;
    if (found !== null) return writer.reclaim(found.offset, found.between, { nonces });
    await shared.pause(pauseUs);
  }
}

/** Where the Announce stands, and what stands before it; null: nobody knows. */
async function announced(
  shared: SharedPartition,
  fromOffset: number,
  record: Uint8Array,
): Promise<{ offset: number; between: Uint8Array[] } | null> {
  try {
    const offset = await shared.options.partition.append([record]);
    const between = offset < fromOffset ? [] : await shared.readAll(fromOffset, offset + 1);
    return { offset, between };
  } catch (fault) {
    shared.onUnknown(fault);
    return null;
  }
}
