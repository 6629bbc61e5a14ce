// Times as texts of RFC 3339.

import { usPerHour, usPerMinute, usPerSecond } from '@perdure/kernel';

const format =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const usPerDay = 24 * usPerHour;
const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** µs since 1970; undefined for what is no time. */
export function parseTimestamp(text: string): number | undefined {
  const match = format.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const daysOfMonth = (daysOfMonths[month - 1] ?? 0) + (month === 2 && isLeapYear(year) ? 1 : 0);
  if (day < 1 || day > daysOfMonth || hour > 23 || minute > 59 || second > 59) return undefined;
  const fractionUs = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6));
  const offsetUs = Number(match[9] ?? 0) * usPerHour + Number(match[10] ?? 0) * usPerMinute;
  const clockUs = hour * usPerHour + minute * usPerMinute + second * usPerSecond + fractionUs;
  const dayUs = daysSince1970(year, month, day) * usPerDay;
  return dayUs + clockUs - (match[8] === '-' ? -offsetUs : offsetUs);
}

const isLeapYear = (year: number): boolean =>
  year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

function daysSince1970(year: number, month: number, day: number): number {
  const leapDays = (before: number): number =>
    Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  let days = (year - 1970) * 365 + leapDays(year - 1) - leapDays(1969) + day - 1;
  for (let earlier = 1; earlier < month; earlier++) days += daysOfMonths[earlier - 1] ?? 0;
  return days + (month > 2 && isLeapYear(year) ? 1 : 0);
}
