// The lockfile pins packages by version and hash; which registry they come from is the user's.

import { findAll, type Rule } from '../rule.ts';

export const lockfileHosts: Rule = {
  name: 'lockfile-hosts',
  check: (repository) =>
    repository.files
      .filter((file) => /(^|\/)(package-lock\.json|\.npmrc)$/.test(file.path))
      .flatMap((file) =>
        findAll(
          file,
          file.text,
          /"resolved": "[a-z+]+:\/\/|^\s*(?:@[\w-]+:)?registry\s*=/gm,
          'names a registry: install with omit-lockfile-registry-resolved',
        ),
      ),
};
