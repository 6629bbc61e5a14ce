// One value as a file or a command line gives it, read as its setting wants it.

import { parseDuration, usPerSecond } from '@perdure/kernel';
import type { RetryDefaults, Setting } from './setting.ts';

export type ParsedValue =
  | { readonly ok: true; readonly value: unknown }
  /** `wanted`: what to write instead, as "a whole number from 1". */
  | { readonly ok: false; readonly wanted: string };

const read = (value: unknown): ParsedValue => ({ ok: true, value });
const want = (wanted: string): ParsedValue => ({ ok: false, wanted });

export function parseValue(setting: Setting<unknown>, raw: unknown): ParsedValue {
  switch (setting.type) {
    case 'int':
      return number(raw, setting.least, true);
    case 'float':
      return number(raw, setting.least, false);
    case 'bool':
      return bool(raw);
    case 'duration':
      return duration(raw, setting.least);
    case 'retryPolicy':
      return retry(setting.default as RetryDefaults, raw);
  }
}

function number(raw: unknown, least: number, whole: boolean): ParsedValue {
  const fits =
    typeof raw === 'number' && (whole ? Number.isSafeInteger(raw) : Number.isFinite(raw));
  if (fits && raw >= least) return read(raw);
  return want(`a ${whole ? 'whole ' : ''}number from ${least}`);
}

/** Upstream takes the words too. */
function bool(raw: unknown): ParsedValue {
  if (typeof raw === 'boolean') return read(raw);
  if (typeof raw === 'string' && /^(true|false)$/i.test(raw)) return read(/^true$/i.test(raw));
  return want('true or false');
}

/** Text with units, or seconds. */
function durationUs(raw: unknown): number | undefined {
  if (typeof raw === 'string') {
    return /^\d+(\.\d+)?$/.test(raw) ? Number(raw) * usPerSecond : parseDuration(raw);
  }
  return typeof raw === 'number' && Number.isFinite(raw) ? raw * usPerSecond : undefined;
}

function duration(raw: unknown, least: number): ParsedValue {
  const us = durationUs(raw);
  if (us !== undefined && us >= least) return read(Math.round(us));
  const from = least === 0 ? '' : ` of at least ${least / usPerSecond}s`;
  return want(`a duration${from} as 250ms, 10s, 1h30m or 2d, or a number of seconds`);
}

type RetryField = keyof RetryDefaults;

/** Names as upstream writes them, lower case. */
const retryFields: ReadonlyMap<string, RetryField> = new Map([
  ['initialinterval', 'initialIntervalUs'],
  ['initialintervalinseconds', 'initialIntervalUs'],
  ['backoffcoefficient', 'backoffCoefficient'],
  ['maximumintervalcoefficient', 'maximumIntervalCoefficient'],
  ['maximumattempts', 'maximumAttempts'],
]);

const leastOfRetry: Readonly<Record<RetryField, number>> = {
  initialIntervalUs: 1,
  backoffCoefficient: 1,
  maximumIntervalCoefficient: 1,
  maximumAttempts: 0,
};

/** What is left out keeps its default. */
function retry(defaults: RetryDefaults, raw: unknown): ParsedValue {
  const wanted = want(
    'InitialInterval, BackoffCoefficient (from 1), MaximumIntervalCoefficient (from 1) and MaximumAttempts, any of them',
  );
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return wanted;
  const policy: Record<RetryField, number> = { ...defaults };
  for (const [name, value] of Object.entries(raw)) {
    const field = retryFields.get(name.toLowerCase());
    if (field === undefined) return wanted;
    const parsed = field === 'initialIntervalUs' ? durationUs(value) : value;
    if (typeof parsed !== 'number' || !(parsed >= leastOfRetry[field])) return wanted;
    policy[field] = parsed;
  }
  return read(policy);
}
