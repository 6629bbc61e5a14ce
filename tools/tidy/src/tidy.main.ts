// `npm run tidy`: every rule over the whole tree, one line for each finding, exit 1 on any.

import { resolve } from 'node:path';
import { readRepository } from './repository.ts';
import { rules } from './rules.ts';

const root = resolve(import.meta.dirname, '../../..');
const repository = readRepository(root, {
  nodeVersion: process.version,
  ignored: ['tools/tidy/fixtures'],
});

let count = 0;
for (const rule of rules) {
  for (const { path, line, message } of rule.check(repository)) {
    count += 1;
    console.log(`${path}:${line} ${rule.name}: ${message}`);
  }
}
console.log(
  `tidy: ${rules.length} rules, ${repository.files.length} files, ` +
    `${repository.packages.length} packages, ${count} findings`,
);
process.exitCode = count === 0 ? 0 : 1;
