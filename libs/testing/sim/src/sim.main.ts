// `npm run sim -- --seeds N [--from S] [--seed X] [--seconds T] [--minutes M] [--planted] [--bug NAME]`
//
// Ends with one line: `seeds N from S: ok, trace <hex>`, or what failed and the command that shows it again.

import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { plantByName } from './planted/plant-by-name.ts';
import { runPlanted } from './planted/run-planted.ts';
import { runSeeds } from './run-seeds.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    from: { type: 'string', default: '42' },
    seed: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    minutes: { type: 'string' },
    planted: { type: 'boolean', default: false },
    bug: { type: 'string' },
  },
});

const bug = values.bug ?? null;
const seconds = Number(values.seconds);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();

let ok: boolean;
if (values.planted) {
  ok = await runPlanted(Number(values.seeds));
} else if (values.seed === undefined) {
  const minutes = values.minutes === undefined ? null : Number(values.minutes);
  const count = Number(values.seeds);
  ok = await runSeeds({ count, from: Number(values.from), minutes, seconds, commit, bug });
} else {
  if (bug !== null) plantByName(bug);
  // Only now may the engine be loaded: a planted bug has to be there first.
  const { showSeed } = await import('./show-seed.ts');
  ok = await showSeed(Number(values.seed), seconds);
}
process.exitCode = ok ? 0 : 1;
