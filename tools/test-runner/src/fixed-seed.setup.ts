// Random tests draw the same numbers at every run of the gate, so that nobody's work is refused for an old bug.
// PERDURE_SEED=fresh draws new ones, PERDURE_SEED=number repeats a run; a failure prints its seed.

import fc from 'fast-check';

const gateSeed = 20_261_121;
const given = process.env['PERDURE_SEED'] ?? String(gateSeed);
fc.configureGlobal({ seed: given === 'fresh' ? Date.now() % 2 ** 31 : Number(given) });
