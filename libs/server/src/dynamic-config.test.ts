import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layerOf } from '@perdure/core-dynamic-config';
import { usPerSecond } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OpenedConfig, openDynamicConfig } from './dynamic-config.ts';
import type { ServerLog } from './server-log.ts';

let folder = '';
let file = '';
let clock: ManualClock;
let lines: string[];
let opened: OpenedConfig | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-settings-'));
  file = join(folder, 'settings.yaml');
  clock = new ManualClock();
  lines = [];
});
afterEach(() => {
  opened?.stop();
  opened = undefined;
  rmSync(folder, { recursive: true });
});

const log = (): ServerLog => ({
  debugs: false,
  debug: () => undefined,
  info: (line: string) => void lines.push(`info ${line}`),
  warn: (line: string) => void lines.push(`warn ${line}`),
  error: (line: string) => void lines.push(`error ${line}`),
});

async function open(values: Record<string, unknown> = {}, path: string | null = file) {
  opened = await openDynamicConfig({
    source: { file: path, values },
    defaults: layerOf({ 'frontend.historyMaxPageSize': 100 }),
    clock,
    log: log(),
  });
  return opened.config;
}

const failure = (values: Record<string, unknown> = {}): Promise<string> =>
  open(values).then(
    () => 'opened',
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** Lets the next look at the file happen, until what it finds is there. */
async function look(until: () => boolean): Promise<void> {
  clock.advance(10 * usPerSecond);
  await expect.poll(until, { timeout: 5_000, interval: 5 }).toBe(true);
}

test('the command line wins over the file, the file over the composition', async () => {
  writeFileSync(
    file,
    `frontend.visibilityMaxPageSize: [{ value: 20 }, { value: 30, constraints: { namespace: n } }]
history.MaxBufferedQueryCount:
  - value: 5
`,
  );
  const config = await open({ 'history.maxbufferedquerycount': 6 });
  expect(config.value('frontend.visibilityMaxPageSize')).toBe(20);
  expect(config.value('frontend.visibilityMaxPageSize', { namespace: 'n' })).toBe(30);
  expect(config.value('history.MaxBufferedQueryCount')).toBe(6);
  expect(config.value('frontend.historyMaxPageSize')).toBe(100);
  expect(lines).toEqual([]);
});

test('without a file only the command line counts, and nothing is looked at', async () => {
  const config = await open({ 'frontend.historyMaxPageSize': 7 }, null);
  expect(config.value('frontend.historyMaxPageSize')).toBe(7);
  expect(clock.timerCount).toBe(0);
});

test('a changed file is read within 10 s, one that did not change is not', async () => {
  writeFileSync(file, 'history.MaxBufferedQueryCount: [{ value: 5 }]');
  const config = await open();
  const { generation } = config;
  await look(() => clock.timerCount === 1);
  expect(config.generation).toBe(generation);
  writeFileSync(file, 'history.MaxBufferedQueryCount: [{ value: 12 }]');
  clock.advance(9 * usPerSecond);
  expect(config.value('history.MaxBufferedQueryCount')).toBe(5);
  await look(() => config.value('history.MaxBufferedQueryCount') === 12);
  expect(config.generation).toBeGreaterThan(generation);
});

test('a file that breaks or goes while the server runs changes nothing and is named once', async () => {
  writeFileSync(file, 'history.MaxBufferedQueryCount: [{ value: 5 }]');
  const config = await open();
  writeFileSync(file, 'history.MaxBufferedQueryCount: [{ value: none at all }]');
  await look(() => lines.length === 1 && clock.timerCount === 1);
  expect(lines).toEqual([
    `error the dynamic configuration stays as it was: history.MaxBufferedQueryCount (${file}:1): "none at all" is no value for it: write a whole number from 1`,
  ]);
  expect(config.value('history.MaxBufferedQueryCount')).toBe(5);
  await look(() => clock.timerCount === 1);
  rmSync(file);
  await look(() => lines.length === 2 && clock.timerCount === 1);
  expect(lines[1]).toContain('there is no such file');
  await look(() => clock.timerCount === 1);
  expect(lines).toHaveLength(2);
  writeFileSync(file, 'history.MaxBufferedQueryCount: [{ value: 6 }]');
  await look(() => config.value('history.MaxBufferedQueryCount') === 6);
});

test('unknown names are warned of, those of Temporal without effect are only mentioned', async () => {
  writeFileSync(file, 'frontend.historyMaxPageSise: [{ value: 5 }]\nmatching.rps: [{ value: 1 }]');
  await open({ 'my.thing': 1 });
  expect(lines).toEqual([
    'warn unknown setting my.thing (--dynamic-config-value)',
    `warn unknown setting frontend.historyMaxPageSise (${file}:1), did you mean frontend.historyMaxPageSize?`,
    'info settings without effect: matching.rps',
  ]);
});

test.each([
  ['', 'opened'],
  ['# nothing', 'opened'],
  ['a: [', 'settings.yaml:1: Flow sequence in block collection must be sufficiently indented'],
  ['- a', 'settings.yaml: write "name: [{ value: ... }]"'],
  ['\nfrontend.rps: 5', 'frontend.rps (FILE:2): write a list of values, as "frontend.rps: [{'],
  ['frontend.rps: [5]', 'frontend.rps (FILE:1): write a list of values'],
  ['frontend.rps: [{ valeu: 5 }]', 'frontend.rps (FILE:1): valeu is neither value nor constraints'],
  ['a.b: [{ value: 1, constraints: [n] }]', 'a.b (FILE:1): constraints are names with values'],
  [
    '\n\nfrontend.historyMaxPageSize:\n  - value: 5\n  - value: x',
    'ConfigFault: frontend.historyMaxPageSize (FILE:5): "x" is no value for it',
  ],
])('a start with the file %j: %s', async (text, outcome) => {
  writeFileSync(file, text);
  expect(await failure()).toContain(outcome.replace('FILE', file));
});

test('a start with a file that is not there, or a wrong value on the command line, says so', async () => {
  expect(await failure()).toBe(`ConfigFault: cannot read ${file}: there is no such file`);
  writeFileSync(file, '');
  expect(await failure({ 'frontend.historyMaxPageSize': 'big' })).toBe(
    'ConfigFault: frontend.historyMaxPageSize (--dynamic-config-value): "big" is no value for it: write a whole number from 1',
  );
});
