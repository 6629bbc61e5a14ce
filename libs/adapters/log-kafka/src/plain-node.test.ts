// kafkajs is CommonJS: Vitest finds names in it that Node does not.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the package loads in Node as it is', () => {
  const script = `await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  expect([status, stderr]).toEqual([0, '']);
});
