// No source file is longer than 300 lines, blank ones included, except those named.

import { type Exceptions, exceptions } from '../exceptions.ts';
import type { Repository } from '../repository.ts';
import type { Finding, Rule } from '../rule.ts';

const linesMax = 300;
const source = /\.(ts|js|mjs|cjs|py|sh)$/;

export const fileLength: Rule = {
  name: 'file-length',
  check: (repository) => checkLength(repository, exceptions),
};

export function checkLength(repository: Repository, allowed: Exceptions): Finding[] {
  const long = repository.files
    .filter((file) => source.test(file.path))
    .map((file) => ({ path: file.path, lines: lineCount(file.text) }))
    .filter(({ lines }) => lines > linesMax);
  const unnamed = long
    .filter(({ path }) => !allowed.fileLength.includes(path))
    .map(({ path, lines }) => ({
      path,
      line: linesMax + 1,
      message: `${lines} lines, at most ${linesMax}: split it by noun`,
    }));
  const stale = allowed.fileLength
    .filter((path) => !long.some((file) => file.path === path))
    .map((path) => ({ path, line: 1, message: 'named as an exception but not over the limit' }));
  return [...unnamed, ...stale];
}

function lineCount(text: string): number {
  const lines = text.split('\n').length;
  return text.endsWith('\n') ? lines - 1 : lines;
}
