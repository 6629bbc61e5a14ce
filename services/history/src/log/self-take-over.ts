// Taking a LogPartition over from oneself, after an append that ended without an outcome (L6).
//
// Y1. A higher epoch is announced until one Announce is acknowledged; each has its own epoch and nonce, for each may land.
// Y2. What stands before that Announce is read from where the frame was expected on. The frame counts if it is there.
// Y3. Nothing else is sent meanwhile (W2); the log is asked again after a while for as long as the owner wants to be one.
// Y4. A frame that ends so each time it is sent does not make the owner announce as fast as the log can refuse.

import { claim, encodeAnnounce, type LogWriter, type Reclaim } from '@perdure/core-log';
import type { Group } from './group.ts';
import { pauseUsAfter, type SharedPartition } from './shared-partition.ts';

/** `before`: how often in a row it was settled without anything that landed. Null: the owner gave up meanwhile. */
export async function claimAgain(
  shared: SharedPartition,
  writer: LogWriter<Group>,
  { before, ended }: { readonly before: number; readonly ended: () => boolean },
): Promise<Reclaim<Group> | null> {
  const nonces = new Set<string>();
  if (before > 0) await shared.pause(pauseUsAfter(before));
  for (let tries = 1; !ended(); tries++) {
    const nonce = shared.options.newNonce();
    nonces.add(nonce);
    const offset = await announce(shared, writer.epoch, nonce);
    if (ended()) break;
    if (offset === null) {
      await shared.pause(pauseUsAfter(tries));
      continue;
    }
    const between = await shared.readSurely(writer.nextOffset, offset + 1, ended);
    return between === null || ended() ? null : writer.reclaim(offset, between, { nonces });
  }
  return null;
}

/** Where the Announce stands; null: nobody knows. */
async function announce(
  shared: SharedPartition,
  epoch: number,
  nonce: string,
): Promise<number | null> {
  const { owner, generation, partition } = shared.options;
  const inForce = { epoch, nonce: '', nextNumber: 1, clock: 0 };
  const announced = claim(inForce, shared.lastTried, { owner, nonce, generation });
  shared.tries(announced.epoch);
  try {
    return await partition.append([encodeAnnounce(announced)]);
  } catch (fault) {
    shared.onUnknown(fault);
    return null;
  }
}
