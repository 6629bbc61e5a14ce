// Which files are changed, and which of their mutants are tried.

import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@perdure/testing/seeded-random';

export class NoSource extends Error {
  override readonly name = 'NoSource';
}

/** Entry files are loaded by Node alone, where no mutant can be put in their place. */
const notSource = /\.(test|fixture|contract|setup|main|thread)\.ts$|\.d\.ts$|(^|\/)node_modules\//;

/** The production files below the paths, by their paths from the root. Throws NoSource. */
export function sourceFiles(root: string, paths: readonly string[]): string[] {
  const files = paths.flatMap((path) =>
    statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true
      ? [path]
      : globSync(`${path}/**/*.ts`, { cwd: root }),
  );
  const sources = [...new Set(files)].filter((file) => !notSource.test(file)).sort();
  if (sources.length === 0) {
    throw new NoSource(`no source file below: ${paths.join(' ') || '(no path)'}; name a folder`);
  }
  return sources;
}

/** `size` of them in their order, the same ones for the same seed. */
export function sampleOf<T>(all: readonly T[], size: number, seed: number): T[] {
  const random = seededRandom(seed);
  const left = all.map((_, index) => index);
  const drawn: number[] = [];
  while (drawn.length < size && left.length > 0) {
    const at = Math.floor(random() * left.length);
    drawn.push(...left.splice(at, 1));
  }
  return drawn.sort((a, b) => a - b).map((index) => all[index]!);
}
