// `npm run sim -- --seeds N [--from S] [--seed X] [--seconds T] [--minutes M] [--bug NAME]`
// `npm run sim -- --planted [--seeds N] [--seconds T] [--record | --recorded]`
//
// Ends with one line: `seeds N from S: ok, trace <hex>`, or what failed and the command that shows it again.

import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { plantByName } from './planted/plant-by-name.ts';
import { replayRecorded, searchPlanted } from './planted/run-planted.ts';
import { runSeeds } from './run-seeds.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '42' },
    seed: { type: 'string' },
    seconds: { type: 'string', default: '30' },
    minutes: { type: 'string' },
    planted: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    recorded: { type: 'boolean', default: false },
    bug: { type: 'string' },
  },
});

const bug = values.bug ?? null;
const seconds = Number(values.seconds);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();

let ok: boolean;
if (values.planted && values.recorded) {
  ok = await replayRecorded();
} else if (values.planted) {
  const seeds = Number(values.seeds ?? 500);
  ok = await searchPlanted({ seeds, seconds, record: values.record });
} else if (values.seed === undefined) {
  const minutes = values.minutes === undefined ? null : Number(values.minutes);
  const count = Number(values.seeds ?? 50);
  ok = await runSeeds({ count, from: Number(values.from), minutes, seconds, commit, bug });
} else {
  if (bug !== null) plantByName(bug);
  // Only now may the engine be loaded: a planted bug has to be there first.
  const { showSeed } = await import('./show-seed.ts');
  ok = await showSeed(Number(values.seed), seconds);
}
process.exitCode = ok ? 0 : 1;
