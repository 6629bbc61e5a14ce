// `npm run metrics`: writes docs/metrics.md.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { metricsPath, renderMetrics } from './page.ts';

const root = resolve(import.meta.dirname, '../../..');
writeFileSync(join(root, metricsPath), renderMetrics());
console.log(metricsPath);
