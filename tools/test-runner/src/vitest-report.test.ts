import { expect, test } from 'vitest';
import { add, summary } from './count.ts';
import { countReport } from './vitest-report.ts';

const file = (status: string, ...tests: string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((of, index) => ({ fullName: `test ${index}`, status: of })),
});
const report = (...testResults: unknown[]): string => JSON.stringify({ testResults });

test('countReport counts what passed, failed and was skipped', () => {
  const json = report(file('failed', 'passed', 'failed', 'skipped'), file('passed', 'passed'));
  expect(countReport(json, 1)).toEqual({ passed: 2, failed: 1, skipped: ['test 2'] });
});

test('countReport takes a file that did not load for a failure', () => {
  expect(countReport(report(file('failed'), file('passed', 'passed')), 1).failed).toBe(1);
});

test('countReport takes an exit code that no test explains for a failure', () => {
  expect(countReport(report(file('passed', 'passed')), 1).failed).toBe(1);
  expect(countReport(report(file('passed', 'passed')), null).failed).toBe(1);
});

test('countReport takes a run without tests or report for a failure', () => {
  expect(countReport(report(), 0).failed).toBe(1);
  expect(countReport(undefined, 0).failed).toBe(1);
});

test('summary speaks of skips only when there are any', () => {
  const count = { passed: 2, failed: 0, skipped: [] };
  expect(summary(count)).toBe('2 passed, 0 failed');
  expect(summary(add(count, { passed: 1, failed: 1, skipped: ['x'] }))).toBe(
    '3 passed, 1 failed, 1 skipped',
  );
});
