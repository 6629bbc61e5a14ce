import { usPerSecond } from '@perdure/kernel';
import { expect, test } from 'vitest';
import { RateWindow } from './rate-window.ts';

test('RateWindow: a steady rate is shown as it is, from the first second on', () => {
  const window = new RateWindow(0);
  for (let second = 0; second < 100; second++) {
    for (let i = 0; i < 20; i++) window.add(second * usPerSecond + i * 50_000);
    const shown = window.perSecond((second + 1) * usPerSecond - 1);
    expect(shown).toBeGreaterThan(19.9);
    expect(shown).toBeLessThan(20.1);
  }
});

test('RateWindow forgets within 30 s', () => {
  const window = new RateWindow(0);
  for (let i = 0; i < 300; i++) window.add(0);
  expect(window.perSecond(10 * usPerSecond)).toBe(30);
  expect(window.perSecond(29 * usPerSecond)).toBeGreaterThan(10);
  expect(window.perSecond(30 * usPerSecond)).toBe(0);
  expect(window.perSecond(3_000 * usPerSecond)).toBe(0);
});
