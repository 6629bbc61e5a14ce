// The four time-outs as scheduled (wire-contract 3.16), in seconds: S2C S2S StC heartbeat.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settleTimeouts } from './time-outs.ts';

type Four = readonly [number, number, number, number];

function settled([s2c, s2s, stc, heartbeat]: Four, run: number): number[] | null {
  const given = {
    scheduleToCloseUs: s2c,
    scheduleToStartUs: s2s,
    startToCloseUs: stc,
    heartbeatUs: heartbeat,
  };
  const found = settleTimeouts(given, run);
  if (found === null) return null;
  return [
    found.scheduleToCloseUs,
    found.scheduleToStartUs,
    found.startToCloseUs,
    found.heartbeatUs,
  ];
}

const cases: readonly (readonly [string, Four, number, Four | null])[] = [
  ['neither S2C nor StC', [0, 5, 0, 5], 0, null],
  ['S2C alone', [10, 0, 0, 0], 0, [10, 10, 10, 0]],
  ['S2C caps the others', [10, 20, 30, 40], 0, [10, 10, 10, 10]],
  ['S2C leaves what is shorter', [10, 2, 3, 1], 0, [10, 2, 3, 1]],
  ['StC alone, no run time-out', [0, 0, 20, 0], 0, [0, 0, 20, 0]],
  ['StC alone, run time-out', [0, 0, 20, 0], 100, [100, 100, 20, 0]],
  ['StC alone, S2S given', [0, 7, 20, 30], 100, [100, 7, 20, 20]],
  ['the run caps all', [500, 500, 500, 500], 100, [100, 100, 100, 100]],
  ['the run caps StC and S2S', [0, 500, 500, 0], 100, [100, 100, 100, 0]],
];

test.for(cases)('settleTimeouts: %s', ([, given, run, wanted]) => {
  expect(settled(given, run)).toEqual(wanted);
});

test('settleTimeouts: none is longer than the run or than schedule-to-close; what is shorter stays', () => {
  // Small numbers: equal ones, and ones that differ by one, come often. Not set is as long as can be.
  const length = fc.nat({ max: 4 });
  const known = (us: number): number => us || Number.POSITIVE_INFINITY;
  const written = (us: number): number => (Number.isFinite(us) ? us : 0);
  fc.assert(
    fc.property(fc.tuple(length, length, length, length), length, (given, run) => {
      const [s2c, s2s, stc, heartbeat] = given;
      const whole = Math.min(known(s2c), known(run));
      const attempt = Math.min(known(stc), whole);
      const wanted = [whole, Math.min(known(s2s), whole), attempt, Math.min(heartbeat, attempt)];
      const bounded = s2c > 0 || stc > 0;
      expect(settled(given, run)).toEqual(bounded ? wanted.map(written) : null);
    }),
    { numRuns: 1000 },
  );
});
