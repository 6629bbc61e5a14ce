// Times and durations for people.

import { type SecondsAndNanos, toUs, usPerMs, usPerSecond } from '@perdure/kernel';

export type TimeFormat = 'relative' | 'iso' | 'raw';

const steps: readonly (readonly [string, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** A time as the user asked to see it; absent and zero times are empty. */
export function showTime(
  time: SecondsAndNanos | null | undefined,
  format: TimeFormat,
  nowMs: number,
): string {
  // Absent, or the zero time of Go: the year 1.
  if (time === null || time === undefined || time.seconds <= 0) return '';
  if (format === 'raw') return `seconds:${time.seconds} nanos:${time.nanos}`;
  const ms = toUs(time) / usPerMs;
  return format === 'iso' ? isoSecond(ms) : relative(Math.round((nowMs - ms) / 1000));
}

/** `2026-11-21T15:04:05Z` */
export function isoSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** `2026-11-21T15:04:05.123456Z` */
export function isoMicroseconds(us: number): string {
  const micros = String(us % usPerSecond).padStart(6, '0');
  return `${new Date(us / usPerMs).toISOString().slice(0, 19)}.${micros}Z`;
}

function relative(seconds: number): string {
  const away = Math.abs(seconds);
  for (const [unit, length] of steps) {
    const count = Math.floor(away / length);
    if (count === 0) continue;
    const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
    return seconds > 0 ? `${words} ago` : `${words} from now`;
  }
  return 'now';
}

/** `1d 2h`, `1m 5s`, `1.25s`, `40ms`; the two largest units. */
export function showDuration(us: number): string {
  if (us < usPerSecond) return `${Math.round(us / usPerMs)}ms`;
  const seconds = us / usPerSecond;
  if (seconds < 60) return `${Number(seconds.toFixed(2))}s`;
  const parts: string[] = [];
  let left = Math.floor(seconds);
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}
