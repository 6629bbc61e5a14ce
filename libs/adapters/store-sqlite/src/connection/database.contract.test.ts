import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { storeDefinition } from '../store/definition.ts';
import { openWriter, powerSafe, pragma } from './database.ts';

const root = mkdtempSync(join(tmpdir(), 'perdure-database-'));
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ['NORMAL', 2, 1],
  ['FULL', 2, 2],
  ['EXTRA', 3, 3],
])(
  'powerSafe under %s commits a changed page at level %i and goes back to %i',
  (mode, during, after) => {
    const path = join(root, `${mode}.db`);
    const database = openWriter(path, storeDefinition, [`PRAGMA synchronous=${mode}`]);
    const walBefore = statSync(`${path}-wal`).size;
    const levels: unknown[] = [];
    const exec = database.exec.bind(database);
    vi.spyOn(database, 'exec').mockImplementation((text) => {
      if (text.startsWith('UPDATE')) levels.push(pragma(database, 'synchronous'));
      exec(text);
    });
    powerSafe(database);
    expect(levels).toEqual([during]);
    expect(pragma(database, 'synchronous')).toBe(after);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(walBefore);
    database.close();
  },
);

test('powerSafe goes back to the level of commits when its commit fails', () => {
  const database = openWriter(join(root, 'fails.db'), storeDefinition, []);
  database.exec('DROP TABLE meta');
  expect(() => powerSafe(database)).toThrow(/no such table/);
  expect(pragma(database, 'synchronous')).toBe(1);
  database.close();
});
