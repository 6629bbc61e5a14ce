// A file of the core says in its first line what it is for.

import { isTest, isTypeScript } from '../repository.ts';
import type { Rule } from '../rule.ts';

export const coreHeader: Rule = {
  name: 'core-header',
  check: (repository) =>
    repository.files
      .filter((file) => file.path.startsWith('libs/core/') && file.path.includes('/src/'))
      .filter((file) => isTypeScript(file) && !isTest(file.path))
      .filter((file) => !/^(\/\/ \S|\/\*\*? *\S)/.test(file.text))
      .map(({ path }) => ({
        path,
        line: 1,
        message: 'begin with a comment: the job of this file',
      })),
};
