// `npm test`: the gate and every test.

import { run } from './run.ts';

run(['unit', 'contract', 'integration']);
