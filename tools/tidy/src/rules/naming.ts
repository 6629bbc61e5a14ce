// A file or folder is named for what it holds. The banned words name nothing.

import type { Rule } from '../rule.ts';

const banned = new Set([
  'common',
  'helper',
  'helpers',
  'impl',
  'manager',
  'misc',
  'util',
  'utils',
  'v2',
]);
const numberedTest = /(^|[-_.])\d+\.test\.ts$|\.test-?\d+\.ts$|(^|[-_])test-?\d+\./;

export const naming: Rule = {
  name: 'naming',
  check: (repository) =>
    [...repository.paths].flatMap((path) => {
      const word = path.split(/[/._-]/).find((part) => banned.has(part.toLowerCase()));
      if (word !== undefined) return [{ path, line: 1, message: `"${word}" names nothing` }];
      if (!numberedTest.test(path)) return [];
      return [{ path, line: 1, message: 'name a test for its criterion, not by number' }];
    }),
};
