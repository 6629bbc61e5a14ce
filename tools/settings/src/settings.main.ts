// `npm run settings`: writes docs/dynamic-config.md.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settingsPage } from '@perdure/core-dynamic-config';

const root = resolve(import.meta.dirname, '../../..');
writeFileSync(join(root, 'docs/dynamic-config.md'), settingsPage());
