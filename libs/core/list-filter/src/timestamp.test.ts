import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTimestamp } from './timestamp.ts';

test('parseTimestamp agrees with the platform on every day and offset', () => {
  const instant = fc.date({
    min: new Date('0100-01-01T00:00:00Z'),
    max: new Date('9999-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(instant, fc.integer({ min: -23, max: 23 }), (date, hours) => {
      const shown = new Date(date.getTime() + hours * 3_600_000).toISOString();
      fc.pre(shown.length === 24);
      const offset = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
      expect(parseTimestamp(shown.replace('Z', offset))).toBe(date.getTime() * 1_000);
    }),
  );
});

test.each([
  ['2024-02-29T23:59:59.123456789Z', 1_709_251_199_123_456],
  ['1969-12-31T23:59:59.999999Z', -1],
  ['2000-03-01t00:00:00z', 951_868_800_000_000],
])('parseTimestamp of %s is %i', (text, us) => {
  expect(parseTimestamp(text)).toBe(us);
});

test.each([
  '2023-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2020-13-01T00:00:00Z',
  '2020-01-00T00:00:00Z',
  '2020-01-01T24:00:00Z',
  '2020-01-01',
  '2020-01-01T00:00:00',
  'now',
])('parseTimestamp refuses %s', (text) => {
  expect(parseTimestamp(text)).toBeUndefined();
});
