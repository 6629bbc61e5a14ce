// What is late, and what is not: a server that could not work owes nobody anything.

import type { Outage } from '../ledger.ts';

/** How late a server may be when nothing is wrong, µs. */
const latestUs = 3e6;

/** Whether what was due happened too late. */
export function isLate(outages: readonly Outage[], dueUs: number, happenedUs: number): boolean {
  if (happenedUs - dueUs <= latestUs) return false;
  return happenedUs - dueUs - lostUs(outages, dueUs, happenedUs) > latestUs;
}

/** How much of that span the server could not work. */
function lostUs(outages: readonly Outage[], fromUs: number, toUs: number): number {
  return outages.reduce((sum, { beganUs, endedUs }) => {
    return sum + Math.max(0, Math.min(endedUs, toUs) - Math.max(beganUs, fromUs));
  }, 0);
}
