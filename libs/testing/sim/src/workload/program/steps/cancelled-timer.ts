// A long timer that is cancelled when a short one has fired. Now and then both are due at about the same time.

import { cancelTimer, startTimer } from '@perdure/testing/golden';
import { type Step, stepKind } from '../step.ts';

interface CancelledTimerStep extends Step {
  readonly kind: 'cancelled timer';
  readonly shortMs: number;
  readonly longMs: number;
}

export const cancelledTimer = stepKind<CancelledTimerStep>({
  kind: 'cancelled timer',
  weight: 2,
  draw: (chance) => {
    const shortMs = chance.below(8_000);
    const longMs = shortMs + (chance.happens(0.5) ? chance.below(60) : 30_000);
    return { kind: 'cancelled timer', shortMs, longMs };
  },
  next: ({ shortMs, longMs }, { seen, index }) => {
    const [short, long] = [`short-${index}`, `long-${index}`];
    if (!seen.started.has(long)) return [startTimer(short, shortMs), startTimer(long, longMs)];
    if (seen.ended.has(long)) return seen.ended.has(short) ? 'over' : 'waits';
    return seen.ended.has(short) ? { last: [cancelTimer(long)] } : 'waits';
  },
});
