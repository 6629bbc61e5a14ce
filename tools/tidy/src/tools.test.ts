// The compiler and the linter on planted violations, with the project's own configuration.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const fixtures = resolve(import.meta.dirname, '../fixtures');

function run(cwd: string, bin: string, args: readonly string[]): { code: number; output: string } {
  const script = join(root, 'node_modules', bin);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd,
    encoding: 'utf8',
  });
  return { code: status ?? -1, output: stdout + stderr };
}

const compile = (fixture: string) =>
  run(root, 'typescript/bin/tsc', ['--pretty', 'false', '-p', join(fixtures, fixture)]);

describe('the compiler', { timeout: 30_000 }, () => {
  test('knows nothing of Node in the core', () => {
    const { code, output } = compile('compiler-purity');
    expect(code).not.toBe(0);
    for (const name of ['process', 'performance', 'setTimeout', 'Buffer']) {
      expect(output).toContain(`Cannot find name '${name}'`);
    }
  });

  test('holds the strict options', () => {
    const { code, output } = compile('compiler-strictness');
    expect(code).not.toBe(0);
    const wanted = { noUncheckedIndexedAccess: 'TS2322', exactOptionalPropertyTypes: 'TS2375' };
    const others = { erasableSyntaxOnly: 'TS1294', noImplicitReturns: 'TS7030' };
    for (const error of Object.values({ ...wanted, ...others })) expect(output).toContain(error);
  });
});

describe('the linter', { timeout: 30_000 }, () => {
  let folder = '';
  let output = '';

  // A copy outside the tree: inside it the fixtures are ignored, as they must be.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-linter-'));
    cpSync(join(fixtures, 'linter'), folder, { recursive: true });
    for (const name of ['.oxlintrc.json', 'tsconfig.base.json']) {
      cpSync(join(root, name), join(folder, name));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    output = run(folder, 'oxlint/bin/oxlint', ['--format', 'unix']).output;
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test.for([
    ['libs/core/a/src/impure.ts:2', 'no-nodejs-modules'],
    ['libs/core/a/src/impure.ts:4', 'no-restricted-globals'],
    ['libs/core/a/src/impure.ts:5', 'no-restricted-properties'],
    ['libs/core/a/src/impure.ts:6', 'no-async-await'],
    ['libs/core/a/src/impure.ts:10', 'no-restricted-globals'],
    ['libs/history/src/promises.ts:5', 'no-floating-promises'],
    ['libs/history/src/promises.ts:6', 'no-misused-promises'],
    ['libs/history/src/promises.ts:9', 'no-console'],
    ['libs/history/src/loose.ts:1', 'no-explicit-any'],
    ['libs/history/src/loose.ts:2', 'no-unused-vars'],
    ['libs/history/src/loose.ts:3', 'switch-exhaustiveness-check'],
    ['libs/history/src/loose.ts:9', 'no-empty'],
    ['libs/history/src/egg.ts:1', 'no-cycle'],
  ] as const)('reports %s %s', ([place, rule]) => {
    const lines = output.split('\n').filter((line) => line.includes(`${place}:`));
    expect(lines.join('\n')).toContain(rule);
  });
});
