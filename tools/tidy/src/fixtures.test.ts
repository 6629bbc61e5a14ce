// Each rule on its planted violations: what it must find, and by omission what it must leave.

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRepository } from './repository.ts';
import { checkLength } from './rules/file-length.ts';
import { rules } from './rules.ts';

const fixtures = resolve(import.meta.dirname, '../fixtures');
const pinned = 'v24.21.0';

const planted: Readonly<Record<string, readonly string[]>> = {
  'bare-node': ['bin/start:3', 'src/start.ts:3'],
  'core-header': ['libs/core/a/src/bare.ts:1'],
  'core-purity': [
    'libs/core/a/src/impure.ts:2',
    'libs/core/a/src/impure.ts:2',
    'libs/core/a/src/impure.ts:3',
    'libs/core/a/src/impure.ts:4',
    'libs/core/a/src/impure.ts:5',
    'libs/core/a/src/impure.ts:6',
  ],
  'doc-links': ['README.md:3', 'docs/good.md:3'],
  'empty-catch': ['src/swallow.ts:3', 'src/swallow.ts:6', 'src/swallow.ts:9'],
  'file-length': ['src/long.ts:301'],
  'layer-direction': [
    'libs/cli/package.json:1',
    'libs/core/package.json:1',
    'libs/core/package.json:1',
    'libs/core/src/index.ts:2',
    'libs/core/src/index.ts:3',
    'libs/kernel/src/index.ts:1',
    'libs/model/package.json:1',
    'libs/model/src/index.ts:2',
    'libs/server/package.json:1',
    'libs/server/src/config.ts:1',
    'libs/store/package.json:1',
    'libs/store/src/index.ts:2',
    'libs/store/src/index.ts:3',
    'libs/untagged/package.json:1',
    'libs/wire/src/index.ts:3',
    'libs/wire/src/index.ts:4',
    'services/a/package.json:1',
    'services/a/src/index.ts:1',
    'services/a/src/index.ts:2',
  ],
  'leftover-marker': ['notes.md:1', 'src/later.ts:1', 'src/later.ts:3', 'src/later.ts:4'],
  'lockfile-hosts': ['.npmrc:2', 'package-lock.json:4'],
  'machine-paths': ['notes.md:1', 'src/here.ts:1'],
  naming: [
    'src/engine.v2.ts:1',
    'src/helpers/a.ts:1',
    'src/string-utils.ts:1',
    'src/timer-2.test.ts:1',
  ],
  'node-version': [],
  'switch-default': ['libs/core/a/src/open.ts:6'],
  'test-off': ['src/off.test.ts:1', 'src/off.test.ts:2', 'src/off.test.ts:3', 'src/off.test.ts:4'],
};

describe('a planted violation is caught, and nothing beside it', () => {
  test.for(rules)('$name', (rule) => {
    const repository = readRepository(join(fixtures, rule.name), { nodeVersion: pinned });
    const found = rule.check(repository).map(({ path, line }) => `${path}:${line}`);
    expect(found.toSorted()).toEqual(planted[rule.name]);
  });
});

test('node-version refuses the Node that the machine happens to have', () => {
  const rule = rules.find(({ name }) => name === 'node-version');
  const repository = readRepository(join(fixtures, 'node-version'), { nodeVersion: 'v20.20.2' });
  expect(rule?.check(repository)).toHaveLength(1);
});

test('file-length accepts a named exception and refuses a stale one', () => {
  const repository = readRepository(join(fixtures, 'file-length'), { nodeVersion: pinned });
  expect(checkLength(repository, { fileLength: ['src/long.ts'] })).toEqual([]);
  const stale = checkLength(repository, { fileLength: ['src/long.ts', 'src/exact.ts'] });
  expect(stale.map(({ path }) => path)).toEqual(['src/exact.ts']);
});

test('every fixture belongs to a rule or to a tool', () => {
  const tools = ['compiler-purity', 'compiler-strictness', 'linter'];
  const known = [...rules.map(({ name }) => name), ...tools].toSorted();
  expect(readdirSync(fixtures).toSorted()).toEqual(known);
});
