import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const fixtures = 'tools/mutate/fixtures';
const source = join(root, fixtures, 'src/within.ts');

test('mutate lists the planted survivor, counts the killed and leaves the source as it is', () => {
  const before = readFileSync(source, 'utf8');
  const args = [fixtures, '--tests', fixtures, '--seeds', '0', '--survivors'];
  const output = execFileSync(
    process.execPath,
    [join(root, 'tools/mutate/src/mutate.main.ts'), ...args],
    { cwd: root, encoding: 'utf8' },
  );
  const lines = output.trim().split('\n');
  expect(lines.filter((line) => line.startsWith('survived'))).toEqual([
    `survived: ${fixtures}/src/within.ts:4:10, value <= bound -> value < bound`,
  ]);
  expect(lines.at(-1)).toBe(
    'mutation score: 5 of 6 killed (83.3 %): 5 by unit tests, 0 by simulation, 1 survived',
  );
  expect(readFileSync(source, 'utf8')).toBe(before);
}, 120_000);
