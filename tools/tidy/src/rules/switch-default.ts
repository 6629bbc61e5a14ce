// A switch in the core has no default: a new case must fail to compile.

import { isTest, isTypeScript } from '../repository.ts';
import { findAll, type Rule } from '../rule.ts';
import { split } from '../source-text.ts';

export const switchDefault: Rule = {
  name: 'switch-default',
  check: (repository) =>
    repository.files
      .filter((file) => file.path.startsWith('libs/core/'))
      .filter((file) => isTypeScript(file) && !isTest(file.path))
      .flatMap((file) =>
        findAll(file, split(file.text).bare, /^\s*default\s*:/gm, 'name the cases that are left'),
      ),
};
