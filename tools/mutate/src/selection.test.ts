import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NoSource, sampleOf, sourceFiles } from './selection.ts';

const root = resolve(import.meta.dirname, '../../..');

describe('sourceFiles', () => {
  test('takes production code, not its tests and fixtures', () => {
    const files = sourceFiles(root, ['libs/core/matching']);
    expect(files).toContain('libs/core/matching/src/heap.ts');
    expect(files.filter((file) => /test|fixture/.test(file))).toEqual([]);
  });

  test('refuses a path without any', () => {
    expect(() => sourceFiles(root, ['libs/core/nowhere'])).toThrow(NoSource);
  });
});

describe('sampleOf', () => {
  const all = Array.from({ length: 100 }, (_, index) => index);

  test('draws each one at most once, in order, and the same ones for the same seed', () => {
    const drawn = sampleOf(all, 30, 7);
    expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
    expect(drawn).toHaveLength(30);
    expect(sampleOf(all, 30, 7)).toEqual(drawn);
    expect(sampleOf(all, 30, 8)).not.toEqual(drawn);
  });

  test('draws all when there are fewer', () => {
    expect(sampleOf(all, 1_000, 1)).toEqual(all);
  });
});
