// How long a poll may wait (wire-contract 4.4).

import { type Rejection, reject, usPerMs, usPerSecond } from '@perdure/kernel';

const deadlineShortestUs = 2 * usPerSecond;
/** The answer leaves so long before the client gives up: an empty one, not DEADLINE_EXCEEDED. */
const spareUs = usPerSecond;

/** When the poll ends, or why it is refused. A client that named no deadline gets the longest wait. */
export function pollEndUs(
  deadlineMs: number | null,
  nowUs: number,
  waitMaxUs: number,
): number | Rejection {
  if (deadlineMs === null) return nowUs + waitMaxUs;
  const deadlineUs = deadlineMs * usPerMs;
  if (deadlineUs - nowUs < deadlineShortestUs) {
    return reject('FAILED_PRECONDITION', 'Context timeout is too short.');
  }
  return Math.min(nowUs + waitMaxUs, deadlineUs - spareUs);
}
