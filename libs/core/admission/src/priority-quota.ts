// A rate shared by calls of several priorities: each priority has the whole rate, and what a call takes is gone for all that
// come after it. So the first get what they need, and the last what is left.

import { chargeToken, newBucket, type TokenBucket, takeToken } from '@perdure/core-matching';

export interface PriorityQuota {
  /** One bucket for each priority, the first to go first. */
  readonly buckets: readonly TokenBucket[];
}

export function newQuota(
  priorities: number,
  ratePerSecond: number,
  burstSeconds: number,
  nowUs: number,
): PriorityQuota {
  const buckets = Array.from({ length: priorities }, () =>
    newBucket(ratePerSecond, nowUs, burstSeconds),
  );
  return { buckets };
}

/** The rate or burst changed: what was saved stays, up to what may now be saved. */
export function changeQuota(
  { buckets }: PriorityQuota,
  ratePerSecond: number,
  burstSeconds: number,
): void {
  for (const bucket of buckets) {
    bucket.ratePerSecond = ratePerSecond;
    bucket.burstSeconds = burstSeconds;
  }
}

/** Whether a call of the priority may go on; it has taken its token then. */
export function takeQuota({ buckets }: PriorityQuota, priority: number, nowUs: number): boolean {
  if (!takeToken(buckets[priority] as TokenBucket, nowUs)) return false;
  for (let behind = priority + 1; behind < buckets.length; behind++) {
    chargeToken(buckets[behind] as TokenBucket, nowUs);
  }
  return true;
}
