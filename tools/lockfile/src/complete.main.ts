// `npm run lock`: adds what npm left out of package-lock.json. Run it after `npm install`.

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { complete, type Lockfile, missingEntries } from './lockfile.ts';

const path = resolve(import.meta.dirname, '../../../package-lock.json');
const lockfile = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
const missing = Object.keys(missingEntries(lockfile));
if (missing.length > 0) {
  writeFileSync(path, `${JSON.stringify(complete(lockfile), null, 2)}\n`);
}
console.log(`package-lock.json: ${missing.length} entries added`);
