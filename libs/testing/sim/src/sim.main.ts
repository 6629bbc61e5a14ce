// `npm run sim -- --seeds N [--from S] [--seed X] [--minutes M] [--planted] [--bug NAME]`
//
// Ends with one line: `seeds N from S: ok, trace <hex>`, or what failed and the command that shows it again.

import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { plantedBugs } from './planted/bugs.ts';
import { plant } from './planted/plant.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    from: { type: 'string', default: '42' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    planted: { type: 'boolean', default: false },
    bug: { type: 'string' },
  },
});

if (values.bug !== undefined) {
  const bug = plantedBugs.find(({ name }) => name === values.bug);
  if (bug === undefined) {
    throw new Error(
      `there is no bug "${values.bug}"; there are: ${plantedBugs.map(({ name }) => name).join(', ')}`,
    );
  }
  plant(bug);
}

// Only now may the engine be loaded: a planted bug has to be there first.
const { runSeeds, showSeed } = await import('./run-seeds.ts');
const { runPlanted } = await import('./planted/run-planted.ts');
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();

let ok: boolean;
if (values.planted) {
  ok = await runPlanted(Number(values.seeds));
} else if (values.seed === undefined) {
  const minutes = values.minutes === undefined ? null : Number(values.minutes);
  ok = await runSeeds({ count: Number(values.seeds), from: Number(values.from), minutes, commit });
} else {
  ok = await showSeed(Number(values.seed), commit);
}
process.exit(ok ? 0 : 1);
