// Durations as people write them: 1h30m, 1.5s, 250ms, 3d.

import { usPerHour, usPerMinute, usPerMs, usPerSecond } from './time.ts';

const unitUs: Readonly<Record<string, number>> = {
  d: 24 * usPerHour,
  h: usPerHour,
  m: usPerMinute,
  s: usPerSecond,
  ms: usPerMs,
  us: 1,
  µs: 1,
};

/** The duration in µs; undefined for anything else. A bare number is none, except 0. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|us|µs|[dhms]))+$/.test(text)) return undefined;
  let us = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|us|µs|[dhms])/g)) {
    us += Number(amount) * (unitUs[unit as string] as number);
  }
  return Math.round(us);
}
