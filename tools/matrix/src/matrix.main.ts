// `npm run matrix`: writes docs/compatibility.md.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { matrixPath, renderMatrix } from './matrix.ts';
import { readTitles } from './titles.ts';

const root = resolve(import.meta.dirname, '../../..');
const titles = readTitles(root);
writeFileSync(join(root, matrixPath), renderMatrix(titles));
console.log(`${matrixPath}: ${titles.length} tests`);
