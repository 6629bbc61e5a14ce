// A rate limit: tokens come in at the rate, one second's worth is kept (or as many as asked for, at least one), each task or
// call takes one.

import { usPerSecond } from '@perdure/kernel';

export interface TokenBucket {
  ratePerSecond: number;
  tokens: number;
  /** When `tokens` was right. */
  atUs: number;
  /** Seconds of the rate that are kept. */
  burstSeconds: number;
}

/** A bucket begins full, as it is after some time without tasks. */
export function newBucket(ratePerSecond: number, nowUs: number, burstSeconds = 1): TokenBucket {
  const bucket = { ratePerSecond, tokens: 0, atUs: nowUs, burstSeconds };
  bucket.tokens = capacityOf(bucket);
  return bucket;
}

export function setRate(bucket: TokenBucket, ratePerSecond: number, nowUs: number): void {
  if (bucket.ratePerSecond === ratePerSecond) return;
  refill(bucket, nowUs);
  bucket.ratePerSecond = ratePerSecond;
}

export function takeToken(bucket: TokenBucket, nowUs: number): boolean {
  refill(bucket, nowUs);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

/** Takes tokens that may not be there yet: who comes next waits the longer. */
export function chargeToken(bucket: TokenBucket, nowUs: number, tokens = 1): void {
  refill(bucket, nowUs);
  bucket.tokens -= tokens;
}

/** Returns the token of a task that was handed to nobody. */
export function returnToken(bucket: TokenBucket): void {
  bucket.tokens = Math.min(bucket.tokens + 1, capacityOf(bucket));
}

/** When the next token is there, seen from the last `takeToken`; null when none ever comes (rate 0). */
export function nextTokenAtUs(bucket: TokenBucket): number | null {
  if (bucket.ratePerSecond === 0) return null;
  const waitUs = ((1 - bucket.tokens) / bucket.ratePerSecond) * usPerSecond;
  return bucket.atUs + Math.max(1, Math.ceil(waitUs));
}

function capacityOf({ ratePerSecond, burstSeconds }: TokenBucket): number {
  return ratePerSecond === 0 ? 0 : Math.max(1, ratePerSecond * burstSeconds);
}

function refill(bucket: TokenBucket, nowUs: number): void {
  const grown = bucket.tokens + ((nowUs - bucket.atUs) / usPerSecond) * bucket.ratePerSecond;
  bucket.tokens = Math.min(grown, capacityOf(bucket));
  bucket.atUs = nowUs;
}
