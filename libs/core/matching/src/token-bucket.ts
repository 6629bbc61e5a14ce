// A rate limit: tokens come in at the rate, one second's worth is kept (at least one), each task takes one.

import { usPerSecond } from '@perdure/kernel';

export interface TokenBucket {
  ratePerSecond: number;
  tokens: number;
  /** When `tokens` was right. */
  atUs: number;
}

/** A bucket begins full, as it is after a second without tasks. */
export function newBucket(ratePerSecond: number, nowUs: number): TokenBucket {
  return { ratePerSecond, tokens: capacityOf(ratePerSecond), atUs: nowUs };
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

/** Returns the token of a task that was handed to nobody. */
export function returnToken(bucket: TokenBucket): void {
  bucket.tokens = Math.min(bucket.tokens + 1, capacityOf(bucket.ratePerSecond));
}

/** When the next token is there, seen from the last `takeToken`; null when none ever comes (rate 0). */
export function nextTokenAtUs(bucket: TokenBucket): number | null {
  if (bucket.ratePerSecond === 0) return null;
  const waitUs = ((1 - bucket.tokens) / bucket.ratePerSecond) * usPerSecond;
  return bucket.atUs + Math.max(1, Math.ceil(waitUs));
}

function capacityOf(ratePerSecond: number): number {
  return ratePerSecond === 0 ? 0 : Math.max(1, ratePerSecond);
}

function refill(bucket: TokenBucket, nowUs: number): void {
  const grown = bucket.tokens + ((nowUs - bucket.atUs) / usPerSecond) * bucket.ratePerSecond;
  bucket.tokens = Math.min(grown, capacityOf(bucket.ratePerSecond));
  bucket.atUs = nowUs;
}
