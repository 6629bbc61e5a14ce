// `npm run bench -- --help`. Prints each result as JSON and keeps it in bench/results.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureMacro } from './macro/measure.ts';
import { scenarios } from './macro/scenarios.ts';
import { measureCore } from './micro/core.ts';
import { measureLogAndMatching } from './micro/log-and-matching.ts';
import { measurePolls } from './polls.ts';
import { measureScale } from './scale/measure.ts';
import { measureStartup } from './startup.ts';

const { values: flags } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'one-activity' },
    repeat: { type: 'string', default: '1' },
    units: { type: 'string' },
    lanes: { type: 'string', default: '50' },
    warmup: { type: 'string', default: '200' },
    store: { type: 'string', default: 'local' },
    sizes: { type: 'string', default: '1000,10000,100000' },
    profile: { type: 'boolean', default: false },
    'no-result': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const others: Readonly<Record<string, () => unknown>> = {
  micro: () => [...measureCore(), ...measureLogAndMatching()],
  scale: () => measureScale(flags.sizes.split(',').map(Number)),
  startup: measureStartup,
  polls: measurePolls,
};
const names = [...Object.keys(scenarios), ...Object.keys(others)];

if (flags.help) {
  console.log(`npm run bench -- [--scenario ${names.join('|')}|all] [--repeat 1] [--profile]
  [--units N] [--lanes 50] [--warmup 200] [--store local|memory] [--sizes 1000,10000,100000] [--no-result]
What each measures, and what none of them does: bench/README.md`);
  process.exit(0);
}

const root = join(import.meta.dirname, '../..');
const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const versionOf = (name: string): unknown =>
  (
    JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
      version: unknown;
    }
  ).version;

const wanted = flags.scenario === 'all' ? names : flags.scenario.split(',');
for (const name of wanted) {
  const scenario = scenarios[name];
  const other = others[name];
  if (scenario === undefined && other === undefined)
    throw new Error(`no scenario ${name}: there are ${names.join(', ')}, all`);
  const settings = {
    store: flags.store,
    units: Number(flags.units ?? scenario?.units ?? 0),
    lanes: Number(flags.lanes),
    warmup: Number(flags.warmup),
    profile: flags.profile,
  };
  const repeats: unknown[] = [];
  const loadBefore = loadavg();
  for (let at = 0; at < Number(flags.repeat); at++)
    repeats.push(scenario === undefined ? await other?.() : await measureMacro(scenario, settings));
  keep(name, {
    scenario: name,
    ...(scenario === undefined ? {} : { unit: scenario.unit, settings }),
    transport: process.env['PERDURE_TRANSPORT'] ?? 'http2',
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+'),
    date: new Date().toISOString(),
    node: process.version,
    sdk: versionOf('@temporalio/client'),
    machine: { cpus: cpus().length, model: cpus()[0]?.model, loadBefore },
    repeats,
  });
}
process.exit(0);

function keep(name: string, result: Readonly<Record<string, unknown>> & { date: string }): void {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  console.log(text);
  if (flags['no-result']) return;
  const folder = join(root, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const stamp = result.date.slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  writeFileSync(join(folder, `${name}-${stamp}.json`), text);
}
