// `npm run sim -- --seeds N [--from S] [--seed X] [--seconds T] [--minutes M] [--cluster] [--bug NAME]`
// `npm run sim -- --planted [--cluster | --bug NAME] [--seeds N] [--seconds T] [--record | --recorded]`
//
// Ends with one line: `seeds N from S: ok, trace <hex>`, or what failed and the command that shows it again.

import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { bugNamed, plantByName } from './planted/plant-by-name.ts';
import { bugsOf, replayRecorded, searchPlanted } from './planted/run-planted.ts';
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
    cluster: { type: 'boolean', default: false },
  },
});

const bug = values.bug ?? null;
const { cluster } = values;
const seconds = numberOf('seconds', values.seconds);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();

let ok: boolean;
if (values.planted) {
  const bugs = bug === null ? bugsOf(cluster ? 'cluster' : 'machine') : [bugNamed(bug)];
  const seeds = numberOf('seeds', values.seeds ?? '500');
  ok = values.recorded
    ? await replayRecorded(bugs)
    : await searchPlanted(bugs, { seeds, seconds, record: values.record });
} else if (values.seed === undefined) {
  const minutes = values.minutes === undefined ? null : numberOf('minutes', values.minutes);
  const count = numberOf('seeds', values.seeds ?? '50');
  const from = numberOf('from', values.from);
  ok = await runSeeds({ count, from, minutes, seconds, commit, bug, cluster });
} else {
  if (bug !== null) plantByName(bug);
  // Only now may the engine be loaded: a planted bug has to be there first.
  const { showSeed } = await import('./show-seed.ts');
  ok = await showSeed(numberOf('seed', values.seed), seconds, cluster);
}
process.exitCode = ok ? 0 : 1;

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text !== '' && number >= 0 && Number.isFinite(number)) return number;
  throw new Error(`--${option} has to be a number that is not negative, not "${text}"`);
}
