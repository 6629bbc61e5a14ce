// Everything runs on the pinned Node. An install that left out optional dependencies falls back
// to the machine's Node without a word; here it is seen.

import type { Rule } from '../rule.ts';

export const nodeVersion: Rule = {
  name: 'node-version',
  check: ({ nodeVersion: version, files }) => {
    const pinned = files.find((file) => file.path === '.node-version')?.text.trim();
    const wanted = `v${(pinned ?? '24').split('.')[0]}.`;
    if (version.startsWith(wanted)) return [];
    const message = `runs on ${version}, needs ${wanted}x: install optional dependencies`;
    return [{ path: '.node-version', line: 1, message }];
  },
};
