// The rate of a quota under any mix of calls and time.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newQuota, takeQuota } from './priority-quota.ts';

const calls = fc.array(
  fc.record({
    priority: fc.integer({ min: 0, max: 5 }),
    afterUs: fc.integer({ min: 0, max: 300_000 }),
  }),
  { maxLength: 300 },
);

test('the first priority has the rate for itself, the last what is left of it', () => {
  fc.assert(
    fc.property(calls, fc.integer({ min: 1, max: 20 }), (mix, rate) => {
      const quota = newQuota(6, rate, 2, 0);
      const alone = newQuota(6, rate, 2, 0);
      let nowUs = 0;
      let admitted = 0;
      for (const { priority, afterUs } of mix) {
        nowUs += afterUs;
        const taken = takeQuota(quota, priority, nowUs);
        if (taken) admitted += 1;
        // What comes behind the first priority takes nothing from it.
        if (priority === 0) expect(taken).toBe(takeQuota(alone, 0, nowUs));
        // The last priority goes on only while all together are within the rate.
        if (taken && priority === 5) {
          expect(admitted).toBeLessThanOrEqual(2 * rate + (rate * nowUs) / 1e6 + 1e-6);
        }
      }
    }),
  );
});
