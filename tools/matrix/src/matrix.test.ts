import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { matrixPath, renderMatrix } from './matrix.ts';
import { pythonTitles, readTitles, typescriptTitles } from './titles.ts';

const root = resolve(import.meta.dirname, '../../..');

test('the committed matrix is that of the tests (npm run matrix writes it)', () => {
  expect(readFileSync(join(root, matrixPath), 'utf8')).toBe(renderMatrix(readTitles(root)));
});

test('typescriptTitles reads area, feature and criterion, on one line or two', () => {
  const source = `
describe.concurrent('timer', () => {
  test('fire: not before its time', async () => {});
  test(
    \`order: \${first} first\`,
    async () => {},
  );
});`;
  expect(typescriptTitles(source)).toEqual([
    { sdk: 'TypeScript', area: 'timer', feature: 'fire', criterion: 'not before its time' },
    { sdk: 'TypeScript', area: 'timer', feature: 'order', criterion: `\${first} first` },
  ]);
});

test('pythonTitles reads area, feature and criterion', () => {
  const source = `@scenario("timer / fire: it does")\nasync def fires(bench): ...\n`;
  expect(pythonTitles(source)).toEqual([
    { sdk: 'Python', area: 'timer', feature: 'fire', criterion: 'it does' },
  ]);
});

test('typescriptTitles refuses a title without a feature', () => {
  expect(() => typescriptTitles(`test('fires', () => {});`)).toThrow('feature: criterion');
});

test('renderMatrix puts the tests of both SDKs in one row of their feature', () => {
  const of = (sdk: 'TypeScript' | 'Python', feature: string) =>
    ({ sdk, area: 'timer', feature, criterion: 'x' }) as const;
  const table = renderMatrix([of('Python', 'fire'), of('TypeScript', 'fire'), of('Python', 'a')]);
  expect(table.split('\n').filter((line) => line.startsWith('|'))).toEqual([
    '| Area | Feature | TypeScript | Python |',
    '| --- | --- | --: | --: |',
    '| timer | a |  | 1 |',
    '| timer | fire | 1 | 1 |',
    '|  | all | 1 | 2 |',
  ]);
});
