// An error is handled, reported or let through. A comment in an empty catch does not handle it.

import { isTypeScript } from '../repository.ts';
import { findAll, type Rule } from '../rule.ts';
import { split } from '../source-text.ts';

const empty =
  /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}|\.catch\(\s*(?:async\s*)?\([^)]*\)\s*=>\s*(?:\{\s*\}|undefined|null)\s*\)/g;

export const emptyCatch: Rule = {
  name: 'empty-catch',
  check: (repository) =>
    repository.files
      .filter(isTypeScript)
      .flatMap((file) =>
        findAll(file, split(file.text).bare, empty, 'handle the error or let it through'),
      ),
};
