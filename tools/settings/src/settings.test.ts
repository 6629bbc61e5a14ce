import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settingNames, settingsPage } from '@perdure/core-dynamic-config';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

test('the committed page of the settings is that of the table (npm run settings writes it)', () => {
  expect(readFileSync(join(root, 'docs/dynamic-config.md'), 'utf8')).toBe(settingsPage());
});

/** Tests of the parts that settings have their effect in: not those of the table itself. */
const tested = ['libs/server', 'services', 'tests']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  )
  .join('\n');

test.each(settingNames)('%s has a test that shows its effect', (name) => {
  expect(tested).toContain(name);
});
