// What is late, and what is not: a server that could not work owes nobody anything.

import type { Ledger, Outage } from '../ledger.ts';

/** How late a server may be when nothing is wrong, µs. */
const latestUs = 3e6;

/**
 * Whether what was due happened too late. `sinceUs`: when the first of several things was due of which each waits for the
 * one before; an outage then counts from there.
 */
export function isLate(
  { clocksAreSet, outages }: Ledger,
  dueUs: number,
  happenedUs: number,
  sinceUs = dueUs,
): boolean {
  if (clocksAreSet || happenedUs - dueUs <= latestUs) return false;
  return happenedUs - dueUs - lostUs(outages, sinceUs, happenedUs) > latestUs;
}

/** How much of that span the server could not work. */
function lostUs(outages: readonly Outage[], fromUs: number, toUs: number): number {
  return outages.reduce((sum, { beganUs, endedUs }) => {
    return sum + Math.max(0, Math.min(endedUs, toUs) - Math.max(beganUs, fromUs));
  }, 0);
}
