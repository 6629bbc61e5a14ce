// `npm run mutate -- <path>... [--sample N] [--seed S] [--seeds N] [--survivors] [--tests PATH]...`
//
// Changes the sources below the paths in small ways, one at a time, and asks the unit tests whether they notice, then the
// simulator (--seeds of it, 0: never). --sample N tries N mutants, drawn by --seed. --survivors lists what nobody noticed.
// --tests takes only the test files below these paths, for a quick answer; else all that import a source are taken.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMutant, type Mutant } from './mutant.ts';
import { sampleOf, sourceFiles } from './selection.ts';
import { failingSeed } from './simulation.ts';
import { mutantsOf } from './source.ts';
import { noEnd, survey, Trials } from './trials.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '500' },
    survivors: { type: 'boolean', default: false },
    tests: { type: 'string', multiple: true, default: [] },
  },
});

const root = resolve(import.meta.dirname, '../../..');
const seeds = Number(values.seeds);
const sources = sourceFiles(root, positionals);
const texts = new Map(sources.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const all = sources.flatMap((file) => mutantsOf(file, texts.get(file)!));
const size = values.sample === undefined ? all.length : Number(values.sample);
const mutants = sampleOf(all, size, Number(values.seed));
console.log(`${mutants.length} of ${all.length} mutants of ${sources.length} files`);

const options = { root, sources, tests: values.tests };
const reports = await survey(options);
console.log(`${reports.length} test files without a mutant: green`);

const trials = new Trials(options, reports);
const [some = ''] = sources;
await trials.requireGreen(some, texts.get(some) ?? '');
const survivors: Mutant[] = [];
const killed = { byTests: 0, bySimulation: 0, byTime: 0 };
for (const [index, mutant] of mutants.entries()) {
  const text = texts.get(mutant.file)!;
  const byTest = await trials.killedBy(mutant, text);
  if (byTest !== null) killed.byTests += 1;
  if (byTest === noEnd) killed.byTime += 1;
  const bySeed =
    byTest === null && seeds > 0 ? await failingSeed(mutant, text, { root, seeds }) : null;
  if (bySeed !== null) {
    killed.bySimulation += 1;
    console.log(`killed by ${bySeed} only: ${describeMutant(mutant)}`);
  } else if (byTest === null) {
    survivors.push(mutant);
    if (values.survivors) console.log(`survived: ${describeMutant(mutant)}`);
  }
  if ((index + 1) % 50 === 0) console.log(`${index + 1} tried, ${survivors.length} survived`);
}
await trials.close();
if (killed.byTime > 0) console.log(`${killed.byTime} of the killed did not come to an end`);

const sum = killed.byTests + killed.bySimulation;
const score = mutants.length === 0 ? 100 : Math.floor((1_000 * sum) / mutants.length) / 10;
console.log(
  `mutation score: ${sum} of ${mutants.length} killed (${score} %): ${killed.byTests} by unit tests, ` +
    `${killed.bySimulation} by simulation, ${survivors.length} survived`,
);
