import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileContract } from '@perdure/ports/contract/file.contract';
import { afterAll } from 'vitest';
import { openNodeDirectory } from './node-directory.ts';

const root = mkdtempSync(join(tmpdir(), 'perdure-file-'));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;

fileContract('NodeDirectory', () => {
  const path = join(root, `directory-${count++}`, 'inner');
  return { directory: openNodeDirectory(path), again: () => openNodeDirectory(path) };
});
