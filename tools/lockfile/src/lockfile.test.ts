import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { complete, type Lockfile, missingEntries } from './lockfile.ts';

const lockfile: Lockfile = {
  packages: {
    'node_modules/a': {
      version: '1.0.0',
      dev: true,
      optionalDependencies: { 'a-linux-x64': '1.0.0', 'a-win32-arm64': '~1.0.0' },
    },
    'node_modules/a-linux-x64': { version: '1.0.0', dev: true, optional: true },
    'node_modules/b': { version: '1.0.0', optionalDependencies: { c: '2.0.0' } },
    'node_modules/b/node_modules/c': { version: '2.0.0', optional: true },
  },
};

test('missingEntries names what an optional dependency does not resolve to, with its platform', () => {
  expect(missingEntries(lockfile)).toEqual({
    'node_modules/a-win32-arm64': {
      version: '1.0.0',
      cpu: ['arm64'],
      dev: true,
      optional: true,
      os: ['win32'],
    },
  });
});

test('complete adds them and leaves nothing to add', () => {
  expect(missingEntries(complete(lockfile))).toEqual({});
  expect(complete(lockfile).packages).toMatchObject(lockfile.packages);
});

test('the lockfile of this repository is complete: else `npm run lock`', () => {
  const path = resolve(import.meta.dirname, '../../../package-lock.json');
  const locked = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
  expect(Object.keys(missingEntries(locked))).toEqual([]);
});
